"""The nodes of a recording, and whether this thread records.

A node holds its operation, the nodes of its arguments, and plain arrays. It never holds a tensor, so that nothing refers back, and
memory goes away as soon as the last tensor does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from derivkit.tape.operation import Operation

_next_id = count().__next__
NO_PARAMS: dict[str, Any] = {}


class Node:
    """One recorded call.

    Attributes
    ----------
    id : int
        Larger than those of its parents.
    operation : Operation or None
        None for a leaf.
    parents : tuple of Node or None
        One an argument; None for a constant.
    args : tuple
        The arguments as plain arrays and numbers.
    params : dict
    value : array, or tuple of arrays
    """

    __slots__ = ("args", "id", "operation", "params", "parents", "value")

    def __init__(
        self,
        operation: Operation | None,
        parents: tuple[Node | None, ...],
        args: tuple[Any, ...],
        params: dict[str, Any],
        value: Any,
    ) -> None:
        self.id = _next_id()
        self.operation = operation
        self.parents = parents
        self.args = args
        self.params = params
        self.value = value


class Leaf(Node):
    """Where derivatives are taken: a node without parents.

    Attributes
    ----------
    grad : Tensor or None
    mine : bool
        The array belongs to a tensor, which may replace it; it is made read-only when it is recorded.
    closed : bool
        Nobody differentiates with respect to this leaf any more.
    """

    __slots__ = ("closed", "grad", "mine")

    def __init__(self, value: Any, *, mine: bool) -> None:
        super().__init__(None, (), (), NO_PARAMS, value)
        self.grad: Any = None
        self.mine = mine
        self.closed = False


class Mode(threading.local):
    """Whether this thread records."""

    recording = True


MODE = Mode()


@contextmanager
def recording(wanted: bool) -> Iterator[None]:
    """Record in this thread, or do not, and put things back whatever happens."""
    before = MODE.recording
    MODE.recording = wanted
    try:
        yield
    finally:
        MODE.recording = before


def no_grad() -> Any:
    """A context in which this thread records nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> x = tape.Tensor(2.0, requires_grad=True)
    >>> with tape.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return recording(False)
