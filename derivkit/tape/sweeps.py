"""The two sweeps over recorded nodes: cotangents from the outputs back, tangents from the inputs on.

Source: Griewank and Walther, Evaluating Derivatives, 2nd ed. (SIAM 2008), tables 3.1 and 3.5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from sys import getrefcount
from typing import Any

import numpy as np

from derivkit.tape.arithmetic import TENSORS
from derivkit.tape.node import Leaf, Node
from derivkit.tape.operations.indexing import scatter
from derivkit.tape.spares import computed, is_spare, let_go, like
from derivkit.tape.tensor import Tensor, apply, parts, stretched, wrap


class Trace:
    """The nodes between some inputs and some outputs, in the order in which they were recorded.

    Attributes
    ----------
    nodes : list of Node
    inputs : set of Node
    outer : bool
        Something else is tracked too, so that derivatives must themselves be recorded.
    needed : set of Node or None
        The nodes that depend on an input; None if all do.
    """

    def __init__(self, outputs: Iterable[Node], inputs: Collection[Node]) -> None:
        self.inputs = set(inputs)
        self.outer = any(node.operation is not None for node in inputs)
        self.needed: set[Node] | None = None
        first = min((node.id for node in inputs), default=0)
        seen: set[Node] = set()
        stray = False
        stack = list(outputs)
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            if node in self.inputs:
                seen.add(node)
            elif node.id < first or node.operation is None:  # recorded before the inputs: it cannot depend on them
                stray = True
                self.outer = self.outer or not (isinstance(node, Leaf) and node.closed)
            else:
                seen.add(node)
                for parent in node.parents:
                    if parent is not None and parent not in seen:
                        stack.append(parent)
        self.nodes = sorted(seen, key=_by_id)
        if stray or len(self.inputs) < len(inputs):
            self.needed = self._needed()

    def _needed(self) -> set[Node]:
        needed: set[Node] = set()
        for node in self.nodes:
            if node in self.inputs or not needed.isdisjoint(node.parents):
                needed.add(node)
        return needed


_by_id = attrgetter("id")


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


class _Backward:
    """Cotangents on their way back.

    Attributes
    ----------
    pending : dict of Node to array
    pieces : dict of Node to (value, list of (key, array))
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
        self.pieces: dict[Node, tuple[Any, list[tuple[Any, Any]]]] = {}
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
                g, guard = assembled(*pieces.pop(node), g), None
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
        args, y = _recorded(node) if self.create_graph else (node.args, node.value)
        for k, parent in enumerate(node.parents):
            if parent is None or (needed is not None and parent not in needed):
                continue
            if operation.piece:
                self.pieces.setdefault(parent, (node.args[0], []))[1].append((params["key"], g))
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


def assembled(like: Any, pieces: list[tuple[Any, Any]], rest: Any) -> Any:
    """The cotangent of a value from those of its parts, and of the rest of it."""
    if isinstance(like, tuple):
        outputs = [np.zeros_like(part) for part in like]
        for k, g in pieces:
            outputs[k] = outputs[k] + g
        return tuple(outputs)
    keys, amounts = zip(*pieces, strict=True)
    whole = scatter(keys, amounts, like.shape, like.dtype)
    return whole if rest is None else rest + whole


def _recorded(node: Node) -> tuple[tuple[Any, ...], Any]:
    """The arguments and the value of a node as tensors that lead back to their nodes."""
    args = [arg if parent is None else wrap(arg, parent) for arg, parent in zip(node.args, node.parents, strict=True)]
    several = node.operation is not None and node.operation.multiple
    return tuple(args), parts(node.value, node) if several else wrap(node.value, node)


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
    args, y = _recorded(node) if create_graph else (node.args, node.value)
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
