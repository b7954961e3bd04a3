"""One call of a user's function on tensors: its arguments opened for differentiation, its results taken apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from derivkit.tape.data import real
from derivkit.tape.node import NO_PARAMS, Leaf, Node, recording
from derivkit.tape.operation import Elementwise
from derivkit.tape.pytree import leaves, matched, rebuild
from derivkit.tape.recorded import Trace
from derivkit.tape.tensor import Tensor, node_of, plain, tracked, wrap

SAME = Elementwise("argument", lambda x: x, (lambda f, y, x: 1,))


class Call:
    """A call that is recorded between its arguments and its results; leaving the context closes its leaves.

    Parameters
    ----------
    f : callable
    args, kwargs
    argnum : int or tuple of int
        The positional arguments to differentiate by.
    copy : bool
        Copy the arguments, because the recording outlives the call.

    Attributes
    ----------
    nodes : list of Node
        One a leaf of the chosen arguments.
    output
        What the function returned.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        argnum: int | tuple[int, ...],
        *,
        copy: bool = False,
    ) -> None:
        self.name = getattr(f, "__name__", repr(f))
        self.chosen = _chosen(args, argnum)
        self.single = not isinstance(argnum, tuple | list)
        self.lasting = copy
        opened = [open_leaf(leaf, copy=copy) for k in self.chosen for leaf in leaves(args[k])]
        self.nodes = [tensor._node for tensor in opened if tensor._node is not None]
        self.likes = [tensor._array for tensor in opened]
        self.arguments = [args[k] for k in self.chosen]
        items = iter(opened)
        given = list(args)
        for k in self.chosen:
            given[k] = rebuild(args[k], items)
        with recording(True):
            self.output = f(*given, **kwargs)
        self.results = leaves(self.output)

    def __enter__(self) -> Call:
        return self

    def __exit__(self, *failure: object) -> None:
        for node in self.nodes:
            if isinstance(node, Leaf):
                node.closed = True

    def trace(self) -> Trace:
        """The nodes between the arguments and the results."""
        return Trace([node for node in map(node_of, self.results) if node is not None], self.nodes)

    def require_arrays(self) -> None:
        """Refuse what has no derivatives at all."""
        for result in self.results:
            if not isinstance(result, Tensor | np.ndarray | np.generic | int | float):
                kind = type(result).__name__
                raise TypeError(f"derivatives need numbers, arrays or trees of them as results; {self.name} returned {kind}")

    def require_scalar(self) -> None:
        """Refuse to take the gradient of anything but one real number."""
        (result,) = self.results if len(self.results) == 1 else (self.output,)
        if not isinstance(result, Tensor | np.ndarray | np.generic | int | float) or isinstance(self.output, tuple | list | dict):
            raise TypeError(f"grad needs a function whose value is a number; {self.name} returned {type(self.output).__name__}")
        if isinstance(result, bool | np.bool_) or np.asarray(plain(result)).dtype.kind not in "fiu":
            kind = np.asarray(plain(result)).dtype
            raise TypeError(f"grad needs a function whose value is a real number; {self.name} returned {kind}")
        if np.shape(plain(result)) != ():
            raise TypeError(
                f"grad needs a function whose value is a number; {self.name} returned an array of shape {np.shape(plain(result))}: "
                "use tape.jacobian, or a sum"
            )

    def taken(self) -> list[tuple[Node, Any]]:
        """The results, each with the cotangent 1; they are forgotten here, so that a sweep frees the recording on its way."""
        results, self.output, self.results = self.results, None, []
        return [(r._node, np.ones_like(r._array)[()]) for r in results if isinstance(r, Tensor) and r._node is not None]

    def seeds(self, g: Any) -> list[tuple[Node, Any]]:
        """The results with the cotangents that a caller gives, in the same structure."""
        given = matched(self.output, g, "cotangent")
        pairs = [(r, like(plain(r), amount, "cotangent")) for r, amount in zip(self.results, given, strict=True)]
        return [(r._node, seed) for r, seed in pairs if isinstance(r, Tensor) and r._node is not None]

    def tangents(self, vs: Sequence[Any]) -> dict[Node, Any]:
        """The arguments' nodes with the tangents that a caller gives, in the same structure."""
        given = matched(self.arguments, list(vs), "tangents")
        return {node: like(data, amount, "tangent") for node, data, amount in zip(self.nodes, self.likes, given, strict=True)}

    def shaped(self, cotangents: Sequence[Any], outer: bool) -> Any:
        """Cotangents in the structure of the arguments; zeros where nothing came back."""
        items = _handed([filled(g, data) for g, data in zip(cotangents, self.likes, strict=True)], outer)
        trees = tuple([rebuild(argument, items) for argument in self.arguments])
        return trees[0] if self.single else trees

    def moved(self, tangents: dict[Node, Any], outer: bool) -> Any:
        """Tangents in the structure of the results."""
        found = [tangents.get(node_of(r)) for r in self.results]  # type: ignore[arg-type]  # None finds nothing
        return rebuild(self.output, _handed([filled(v, plain(r)) for v, r in zip(found, self.results, strict=True)], outer))

    def value(self, outer: bool) -> Any:
        """What a caller gets: tensors where something outside is tracked, else plain arrays."""
        return rebuild(self.output, _handed(self.results, outer, recorded=self.lasting))


def _chosen(args: tuple[Any, ...], argnum: int | tuple[int, ...]) -> list[int]:
    numbers = list(argnum) if isinstance(argnum, tuple | list) else [argnum]
    for number in numbers:
        if not isinstance(number, int | np.integer):
            raise TypeError(f"argnum is the position of an argument, or a tuple of positions, not {argnum!r}")
        if not -len(args) <= number < len(args):
            raise TypeError(f"argnum is {number}, but {len(args)} positional arguments were given")
    chosen = [int(number) % len(args) for number in numbers]
    if len(set(chosen)) < len(chosen):
        raise TypeError(f"argnum names an argument twice: {argnum!r}")
    return chosen


def open_leaf(x: Any, *, copy: bool) -> Tensor:
    """An argument as a tensor that is tracked on its own; one that is tracked already stays connected."""
    if isinstance(x, Tensor):
        data = x._array
        if x._node is not None:
            return wrap(data, Node(SAME, (x._node,), (data,), NO_PARAMS, data))
    else:
        data = _seen(real(x, copy=copy))
    return wrap(data, Leaf(data, mine=False))


def _seen(x: Any) -> Any:
    """A view of a caller's array, so that what passes through unchanged shows whose memory it is."""
    return x.view() if isinstance(x, np.ndarray) else x


def like(data: Any, amount: Any, what: str) -> Any:
    """A cotangent or tangent as an array in the type of what it belongs to."""
    if tracked(amount):
        given: Any = amount
    else:
        given = _seen(real(plain(amount)))
        wanted = getattr(data, "dtype", given.dtype)
        given = given.astype(wanted) if wanted.kind == "f" and given.dtype != wanted else given
    if given.shape != np.shape(data):
        raise ValueError(f"the {what} has shape {given.shape}, but shape {np.shape(data)} is needed")
    return given


def filled(g: Any, data: Any) -> Any:
    """A derivative, or zeros in the shape of what it belongs to where there is none."""
    if g is None:
        array = np.asarray(data)
        return np.zeros(array.shape, array.dtype if array.dtype.kind == "f" else float)[()]
    return g


def _handed(found: Sequence[Any], outer: bool, *, recorded: bool = False) -> Iterator[Any]:
    """What a caller gets and may write into: arrays that share no memory with one another, with arguments or with a recording."""
    if outer:
        return iter(found)
    arrays = [plain(x) for x in found]
    seen: set[int] = set()
    for k, x in enumerate(arrays):
        if isinstance(x, np.ndarray) and not x.ndim:
            arrays[k] = x[()]
        elif isinstance(x, np.ndarray):
            if recorded or x.base is not None or not x.flags.writeable or id(x) in seen:
                arrays[k] = x.copy()
            seen.add(id(x))
    return iter(arrays)
