"""The backward sweep over recorded nodes: cotangents from the outputs to the inputs.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), table 3.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from sys import getrefcount
from typing import Any

import numpy as np

from derivkit.tape.arithmetic import TENSORS
from derivkit.tape.node import Node
from derivkit.tape.operations.indexing import scatter
from derivkit.tape.recorded import Trace, as_tensors
from derivkit.tape.spares import computed, is_spare, let_go, like
from derivkit.tape.tensor import Tensor, stretched


def pull_back(trace: Trace, seeds: Iterable[tuple[Node, Any]], *, create_graph: bool = False, keep: bool = True) -> dict[Node, Any]:
    """The backward sweep: the cotangent of every input that the outputs depend on.

    Parameters
    ----------
    trace : Trace
    seeds : iterable of (Node, array)
        Outputs with their cotangents.
    create_graph : bool
        Record the sweep itself.
    keep : bool
        Keep the nodes for another sweep; without, each is let go as soon as it is done.

    Returns
    -------
    dict of Node to array or Tensor
    """
    backward = _Backward(trace, create_graph)
    for node, seed in seeds:
        backward.add(node, seed)
        del node, seed
    del seeds  # so that nothing but the trace holds the outputs' nodes
    with np.errstate(all="ignore"):
        return backward.run(list(trace.nodes) if keep else trace.nodes)


# The key of a part of a value, its cotangent, and where that counts.
Piece = tuple[Any, Any, Any]


class _Backward:
    """Cotangents on their way back.

    Attributes
    ----------
    pending : dict of Node to array
    pieces : dict of Node to (value, list of (key, array, guard))
        Cotangents of parts of a node's value, put together when the node's turn comes: linear cost for many slices of one array.
    guards : dict of Node to array of bool
        For nodes that are used only where a choice (`np.where`) took them: where that is. Elsewhere their cotangents stay 0, even
        where a partial derivative is infinite; 0 times infinity would make NaN of a branch that was not taken.
    found : dict of Node to array
        Of the inputs.
    """

    def __init__(self, trace: Trace, create_graph: bool) -> None:
        self.inputs = trace.inputs
        self.needed = trace.needed
        self.create_graph = create_graph
        self.pending: dict[Node, Any] = {}
        self.pieces: dict[Node, tuple[Any, list[Piece]]] = {}
        self.guards: dict[Node, Any] = {}
        self.found: dict[Node, Any] = {}

    def add(self, node: Node, amount: Any, guard: Any = None) -> None:
        """Add to a node's cotangent what counts where the guard holds, or everywhere."""
        pending = self.pending
        known = pending.get(node)
        if known is None:
            pending[node] = amount
            if guard is not None:
                self.guards[node] = guard
            return
        if node in self.guards:
            if guard is None:
                del self.guards[node]
            else:
                self.guards[node] = self.guards[node] | guard
        if getrefcount(known) == 3 and is_spare(known) and type(amount) is np.ndarray:  # held by `pending`, here, and the call
            known += amount
        elif getrefcount(amount) == 3 and is_spare(amount) and type(known) is np.ndarray and like(known, amount):
            amount += known  # held by the visit, here, and the call
            pending[node] = amount
        else:
            pending[node] = computed(np.add, (known, amount)) if type(known) is type(amount) is np.ndarray else known + amount

    def run(self, nodes: list[Node]) -> dict[Node, Any]:
        """Visit the nodes from the last to the first, and let each go."""
        pending, pieces, guards = self.pending, self.pieces, self.guards
        while nodes:
            node = nodes.pop()
            g = pending.pop(node, None)
            guard = guards.pop(node, None) if guards else None
            if pieces and node in pieces:
                g, guard = assembled(*pieces.pop(node), g)
            if g is None:
                continue
            if node in self.inputs:
                self.found[node] = g
            else:
                self.visit(node, g, guard)
            let_go(g)
            if getrefcount(node) == 2:  # held by nobody but this loop
                value = node.value
                del node
                let_go(value)
        return self.found

    def visit(self, node: Node, g: Any, guard: Any) -> None:
        """Send a node's cotangent back to its parents."""
        operation, params, needed = node.operation, node.params, self.needed
        assert operation is not None  # only leaves have none, and they are inputs
        args, y = as_tensors(node) if self.create_graph else (node.args, node.value)
        for k, parent in enumerate(node.parents):
            if parent is None or (needed is not None and parent not in needed):
                continue
            if operation.piece:
                self.pieces.setdefault(parent, (node.args[0], []))[1].append((params["key"], g, guard))
                continue
            amount = operation.pull(TENSORS, k, g, y, args, params)
            if guard is not None or operation.choice:
                self.add_guarded(node, k, amount, guard)
                continue
            like = node.args[k]
            if amount.__class__ is not like.__class__ or amount.shape != like.shape or amount.dtype is not like.dtype:
                amount = fitted(amount, like)
            self.add(parent, amount)

    def add_guarded(self, node: Node, k: int, amount: Any, guard: Any) -> None:
        """Add a parent's share of a cotangent that counts only where a guard holds, or that a choice made; pass the guard on."""
        operation, parent, like = node.operation, node.parents[k], node.args[k]
        assert operation is not None  # a leaf has no parents
        assert parent is not None  # a constant gets no share
        shape = node.value.shape
        if guard is not None and operation.elementwise:
            amount = np.where(guard, amount, 0)
        elif guard is not None and operation.moves:
            guard = operation.pull(TENSORS, k, guard, node.value, node.args, node.params)
        elif not operation.choice:
            guard = None
        if operation.choice:
            taken = np.broadcast_to(np.asarray(node.args[0], bool), shape)
            taken = taken if k == 1 else ~taken
            guard = taken if guard is None else taken & guard
        self.add(parent, fitted(amount, like), None if guard is None else _anywhere(guard, like.shape))


def _anywhere(guard: Any, shape: tuple[int, ...]) -> Any:
    """Where an argument of this shape counts, from where the values count that it was broadcast to."""
    if guard.shape == shape:
        return guard
    extra = guard.ndim - len(shape)
    axes = [*range(extra), *[k for k, n in enumerate(shape, extra) if n != guard.shape[k]]]
    return np.logical_or.reduce(guard, axis=tuple(axes), keepdims=True).reshape(shape)


def assembled(like: Any, pieces: list[Piece], rest: Any) -> tuple[Any, Any]:
    """The cotangent of a value from those of its parts and of the rest of it, and where it counts; None for everywhere."""
    keys, amounts, guards = zip(*pieces, strict=True)
    if isinstance(like, tuple):
        outputs = [np.zeros_like(part) for part in like]
        for k, g in zip(keys, amounts, strict=True):
            outputs[k] = outputs[k] + g
        return tuple(outputs), None
    whole = scatter(keys, amounts, like.shape, like.dtype)
    if rest is not None:
        return rest + whole, None
    if any(guard is None for guard in guards):
        return whole, None
    counts = np.zeros(like.shape, bool)
    for key, guard in zip(keys, guards, strict=True):
        np.logical_or.at(counts, key, guard)
    return whole, counts


def fitted(amount: Any, like: Any) -> Any:
    """A cotangent in the shape and the type of its argument: broadcasting is undone here, once for all operations."""
    if type(amount) is not np.ndarray and not isinstance(amount, Tensor | np.generic):
        amount = np.asarray(amount)
    shape = like.shape
    if amount.shape != shape:
        amount = _unbroadcast(amount, shape)
    if amount.dtype != like.dtype:
        amount = amount.astype(like.dtype)
    return amount


def _unbroadcast(amount: Any, shape: tuple[int, ...]) -> Any:
    """The sum over the axes along which an argument of this shape was stretched."""
    extra = len(amount.shape) - len(shape)
    if extra < 0:
        return stretched(amount, shape)
    axes = list(range(extra))
    for k, n in enumerate(shape, extra):
        if n == 1 != amount.shape[k]:
            axes.append(k)
    if axes:
        keep = len(axes) > extra
        amount = np.add.reduce(amount, axis=tuple(axes), keepdims=keep)  # type: ignore[call-overload]  # NumPy's types want literals
        if keep and extra:
            amount = np.reshape(amount, amount.shape[extra:])
    return amount if amount.shape == shape else stretched(amount, shape)
