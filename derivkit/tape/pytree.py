"""Arguments and results made of tuples, lists and dicts of arrays: taken apart into leaves, and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """The arrays of a tree, from left to right.

    Examples
    --------
    >>> from derivkit.tape.pytree import leaves
    >>> leaves({"w": (1.0, 2.0), "b": [3.0]})
    [1.0, 2.0, 3.0]
    """
    if isinstance(tree, dict):
        return [leaf for branch in tree.values() for leaf in leaves(branch)]
    if isinstance(tree, tuple | list):
        return [leaf for branch in tree for leaf in leaves(branch)]
    return [tree]


def matched(tree: Any, other: Any, what: str) -> list[Any]:
    """The leaves of another tree that has the structure of this one, in this one's order: dicts are matched by their keys.

    Raises
    ------
    ValueError
        If the structures differ.

    Examples
    --------
    >>> from derivkit.tape.pytree import matched
    >>> matched({"w": 0.0, "b": 0.0}, {"b": 1.0, "w": 2.0}, "tangent")
    [2.0, 1.0]
    """
    if isinstance(tree, dict):
        if not isinstance(other, dict) or tree.keys() != other.keys():
            raise ValueError(f"the {what} must be a dict with the keys {list(tree)}, not {_kind(other)}")
        return [leaf for key, branch in tree.items() for leaf in matched(branch, other[key], what)]
    if isinstance(tree, tuple | list):
        if not isinstance(other, tuple | list) or len(tree) != len(other):
            raise ValueError(f"the {what} must be a tuple or list of {len(tree)}, not {_kind(other)}")
        return [leaf for branch, part in zip(tree, other, strict=True) for leaf in matched(branch, part, what)]
    return [other]


def _kind(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"one with {list(tree)}"
    return f"of {len(tree)}" if isinstance(tree, tuple | list) else type(tree).__name__


def rebuild(tree: Any, items: Iterator[Any]) -> Any:
    """A tree of the same shape with other leaves, taken one by one."""
    if isinstance(tree, dict):
        made = copy(tree)  # which keeps what the type of dict holds besides
        made.update({key: rebuild(branch, items) for key, branch in tree.items()})
        return made
    if isinstance(tree, tuple | list):
        branches = [rebuild(branch, items) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)
    return next(items)
