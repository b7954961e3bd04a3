"""The point of a check: one array, or a tree of arrays, as one vector of floats, and the vector as such a tree again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from derivkit.blackbox.kinds import DOUBLE_BITS, bits_of, maker, plain
from derivkit.tape.pytree import leaves, matched, rebuild

if TYPE_CHECKING:
    from derivkit.blackbox.kinds import Array

LEAST_SCALE = 0.01  # of the typical entry of its array: an entry that happens to be small varies like its neighbours


class Misfit(Exception):
    """Numbers of a shape or a type that does not fit the point."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Leaf:
    """One array of the point.

    Attributes
    ----------
    name : str
        "x" for the only one, else how it is reached: "w", "layers[0].w".
    start : int
        Where its entries begin in the vector.
    shape : tuple of int
    make : callable
        Numbers to the kind of array that was given.
    """

    name: str
    start: int
    shape: tuple[int, ...]
    make: Callable[[Any], Any]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return prod(self.shape)

    @property
    def part(self) -> slice:
        """Its entries in the vector."""
        return slice(self.start, self.start + self.size)


class Argument:
    """A point, taken apart.

    Parameters
    ----------
    x : array_like, number, or tree of arrays
        A list or tuple of plain numbers is an array.
    names : sequence of str or mapping of int to str, optional
        Names of entries, by their place in the vector.

    Attributes
    ----------
    vector : ndarray of float64, shape (d,)
    scale : ndarray of float64, shape (d,)
        Over which length each entry may be expected to matter.
    bits : int
        Binary digits of the coarsest numbers in it.

    Raises
    ------
    TypeError
        If something in it is no array of numbers.
    ValueError
        If it has no entries, an entry is not finite, or there is not one name an entry.
    """

    def __init__(self, x: Any, names: Sequence[str] | Mapping[int, str] | None = None) -> None:
        import numpy as np

        self._tree = np.asarray(x) if _is_plain(x) else x
        given = leaves(self._tree)
        arrays = [_numbers(leaf) for leaf in given]
        paths = _paths(self._tree, "")
        starts = np.cumsum([0, *(array.size for array in arrays)])
        self.leaves = tuple(
            Leaf(path.lstrip(".") or "x", int(start), array.shape, maker(leaf))
            for path, start, array, leaf in zip(paths, starts, arrays, given, strict=False)
        )
        self.vector: Array = np.concatenate([np.zeros(0), *(array.ravel() for array in arrays)]).astype(np.float64)
        if not self.vector.size:
            raise ValueError("the point has no entries")
        if not np.isfinite(self.vector).all():
            raise ValueError(f"entry {self.label(int(np.argmin(np.isfinite(self.vector))))} of the point is not a finite number")
        self.bits = min(bits_of(leaf) for leaf in given)
        self.scale = np.concatenate([_scale(self.vector[leaf.part]) for leaf in self.leaves])
        self._names = _named(names, self.vector.size)

    def handed(self, vector: Array) -> Any:
        """What the user's code gets: the given kinds of arrays in the given structure, in memory of their own."""
        return rebuild(self._tree, iter([leaf.make(vector[leaf.part].reshape(leaf.shape)) for leaf in self.leaves]))

    def read(self, tree: Any) -> Array:
        """The entries of what was handed out."""
        import numpy as np

        return np.concatenate([plain(leaf).ravel() for leaf in leaves(tree)]).astype(np.float64)

    def gradient(self, tree: Any, bits: int) -> Array:
        """The entries of a gradient, which has the point's structure and shapes.

        Raises
        ------
        Misfit
            If it has not, or its numbers are not floating or have fewer binary digits than the function's.
        """
        import numpy as np

        try:
            parts = matched(self._tree, tree, "gradient") if isinstance(self._tree, dict | list | tuple) else [tree]
        except ValueError as problem:
            raise Misfit("wrong_shape", str(problem)) from None
        return np.concatenate([_fitting(part, leaf, bits).ravel() for part, leaf in zip(parts, self.leaves, strict=True)])

    def label(self, k: int) -> str:
        """An entry, as people write it: x[3], w[1, 2]."""
        import numpy as np

        leaf = next(leaf for leaf in self.leaves if k < leaf.start + leaf.size)
        inside = ", ".join(str(int(i)) for i in np.unravel_index(k - leaf.start, leaf.shape)) if leaf.shape else ""
        return f"{leaf.name}[{inside}]" if inside else leaf.name

    def name(self, k: int) -> str | None:
        """The name that the caller gave an entry."""
        return None if self._names is None else self._names.get(k)


def _is_plain(x: Any) -> bool:
    """Whether this is a list of plain numbers, or of such lists: an array, as for NumPy."""
    return isinstance(x, list | tuple) and bool(x) and all(_is_plain(item) or isinstance(item, int | float) for item in x)


def _numbers(leaf: Any) -> Any:
    array = plain(leaf)
    if array.dtype.kind not in "fiu" and bits_of(leaf) == DOUBLE_BITS:
        raise TypeError(f"the point holds {type(leaf).__name__} of {array.dtype}: real numbers are wanted")
    return array


def _paths(tree: Any, path: str) -> list[str]:
    if isinstance(tree, dict):
        return [found for key, branch in tree.items() for found in _paths(branch, f"{path}.{key}")]
    if isinstance(tree, tuple | list):
        return [found for k, branch in enumerate(tree) for found in _paths(branch, f"{path or 'x'}[{k}]")]
    return [path]


def _scale(entries: Array) -> Array:
    import numpy as np

    sizes = np.abs(entries)
    typical = float(np.median(sizes[sizes > 0])) if sizes.any() else 1.0
    return np.where(sizes > 0, np.maximum(sizes, LEAST_SCALE * typical), typical)


def _named(names: Sequence[str] | Mapping[int, str] | None, size: int) -> Mapping[int, str] | None:
    if names is None or isinstance(names, Mapping):
        return names
    if len(names) != size:
        raise ValueError(f"{len(names)} names were given for {size} entries")
    return dict(enumerate(names))


def _fitting(part: Any, leaf: Leaf, bits: int) -> Array:
    import numpy as np

    whose = "the gradient" if leaf.name == "x" else f"the gradient's {leaf.name}"
    if part is None:
        raise Misfit("wrong_dtype", f"{whose} is None")
    try:
        array = plain(part)
    except ValueError:
        raise Misfit("wrong_shape", f"{whose} is ragged: it must have the shape {leaf.shape}") from None
    if array.shape != leaf.shape and not (leaf.shape == () and array.size == 1):
        raise Misfit("wrong_shape", f"{whose} has the shape {array.shape}, the point {leaf.shape}")
    counting = array.dtype.kind in "iu" and (_is_plain(part) or isinstance(part, int))
    own = bits_of(part)
    if array.dtype.kind != "f" and not counting and own == DOUBLE_BITS:
        raise Misfit("wrong_dtype", f"{whose} is of type {array.dtype}: real floating numbers are wanted")
    if own < bits:
        raise Misfit("wrong_dtype", f"{whose} has {own} binary digits ({getattr(part, 'dtype', array.dtype)}), the function {bits}")
    return array.astype(np.float64)
