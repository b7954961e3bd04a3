"""The forward sweep over recorded nodes: tangents from the inputs to the outputs.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), table 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derivkit.tape.arithmetic import TENSORS
from derivkit.tape.node import Node
from derivkit.tape.recorded import Trace, as_tensors
from derivkit.tape.tensor import apply, stretched


def push_forward(trace: Trace, tangents: dict[Node, Any], *, create_graph: bool = False) -> dict[Node, Any]:
    """The forward sweep: the tangent of every node that depends on an input.

    Parameters
    ----------
    trace : Trace
    tangents : dict of Node to array or Tensor
        Of the inputs, in their shapes.
    create_graph : bool
        Record the sweep itself.
    """
    found = dict(tangents)
    with np.errstate(all="ignore"):
        for node in trace.nodes:
            if node in found or node.operation is None:
                continue
            moved = [(k, found[p]) for k, p in enumerate(node.parents) if p is not None and p in found]
            if moved:
                found[node] = _tangent(node, moved, create_graph)
    return found


def _tangent(node: Node, moved: Sequence[tuple[int, Any]], create_graph: bool) -> Any:
    operation = node.operation
    assert operation is not None  # leaves have no parents
    args, y = as_tensors(node) if create_graph else (node.args, node.value)
    if operation.additive:
        by_argument = dict(moved)
        return apply(operation, tuple([by_argument.get(k, np.zeros_like(arg)) for k, arg in enumerate(node.args)]), node.params)
    total: Any = None
    for k, v in moved:
        if operation.linear:
            amount = apply(operation, (*args[:k], v, *args[k + 1 :]), node.params)
        else:
            amount = operation.push(TENSORS, k, v, y, args, node.params)
        if total is None:
            total = amount
        elif operation.multiple:
            total = tuple([a + b for a, b in zip(total, amount, strict=True)])
        else:
            total = total + amount
    if operation.multiple:
        return total
    if total.shape != node.value.shape:
        total = stretched(total, node.value.shape)
    return total if total.dtype == node.value.dtype else total.astype(node.value.dtype)
