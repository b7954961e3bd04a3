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
