"""`Tensor.backward`: derivatives added to the leaves."""

from __future__ import annotations

from threading import RLock
from typing import Any

import numpy as np

from derivkit.tape.data import real
from derivkit.tape.node import Leaf, Node
from derivkit.tape.recorded import Trace
from derivkit.tape.reverse import pull_back
from derivkit.tape.tensor import Tensor, plain, tracked, wrap

_LOCK = RLock()  # threads may share leaves; adding reads a grad and then writes it


def accumulate(output: Tensor, gradient: Any, *, retain_graph: bool, create_graph: bool) -> None:
    """Add the derivatives of an output to the `grad` of every leaf that it was made of."""
    if output._node is None:
        raise TypeError("nothing that this tensor was made of requires a gradient; make its leaves with requires_grad=True")
    if gradient is None:
        seed: Any = np.ones_like(output._array)
    else:
        keep = create_graph and tracked(gradient)
        seed = gradient if keep else real(plain(gradient), copy=True)
        if seed.dtype != output.dtype:
            seed = seed.astype(output.dtype)
        if seed.shape != output.shape:
            raise ValueError(f"the gradient has shape {seed.shape}, the tensor {output.shape}")
    root = output._node
    trace = Trace([root], _leaves(root))
    found = pull_back(trace, [(root, seed)], create_graph=create_graph, keep=retain_graph)
    with _LOCK:
        for leaf, amount in found.items():
            assert isinstance(leaf, Leaf)  # that is what was looked for
            _add(leaf, amount)


def _leaves(root: Node) -> list[Leaf]:
    seen = {root}
    stack = [root]
    leaves: list[Leaf] = []
    while stack:
        node = stack.pop()
        if isinstance(node, Leaf):
            leaves.append(node)
        for parent in node.parents:
            if parent is not None and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return leaves


def _add(leaf: Leaf, amount: Any) -> None:
    known = leaf.grad
    if isinstance(amount, Tensor):
        leaf.grad = amount if known is None else known + amount
    elif known is None:
        leaf.grad = wrap(np.array(amount)[()], None)
    else:
        leaf.grad = known + amount
