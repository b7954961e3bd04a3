"""Subscripts of `numpy.einsum`, read: every axis gets a whole number as its label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

Labels = tuple[int, ...]


@lru_cache(maxsize=1024)
def read(subscripts: Any, ndims: tuple[int, ...]) -> tuple[tuple[Labels, ...], Labels]:
    """The labels of each array's axes and of the result's.

    Parameters
    ----------
    subscripts : str, or (tuple of tuple, tuple or None)
        A text such as "ij,jk->ik", or lists of labels with `...` for an ellipsis.
    ndims : tuple of int
        Numbers of axes of the arrays.

    Raises
    ------
    ValueError
        If they do not fit, or are no subscripts.

    Examples
    --------
    >>> read("ij,jk", (2, 2))
    (((0, 1), (1, 2)), (0, 2))
    """
    terms, wanted = _split(subscripts) if isinstance(subscripts, str) else subscripts
    if len(terms) != len(ndims):
        raise ValueError(f"einsum: the subscripts name {len(terms)} arrays, but {len(ndims)} were given")
    spans = [ndim - sum(label is not Ellipsis for label in term) for ndim, term in zip(ndims, terms, strict=True)]
    for ndim, term, span in zip(ndims, terms, spans, strict=True):
        if span < 0 or (span and Ellipsis not in term) or term.count(Ellipsis) > 1:
            raise ValueError(f"einsum: {len(term)} subscripts do not fit an array with {ndim} axes")
    widest = max((span for span, term in zip(spans, terms, strict=True) if Ellipsis in term), default=0)
    numbers: dict[Any, int] = {}
    found = tuple(_numbered(term, span, numbers) for term, span in zip(terms, spans, strict=True))
    known = len(numbers)
    result = _numbered(_implied(terms, widest) if wanted is None else wanted, widest, numbers)
    if len(numbers) > known or len(set(result)) < len(result):
        raise ValueError("einsum: the output names a label twice, or one that no array has")
    return found, result


def _split(text: str) -> tuple[list[Sequence[Any]], Sequence[Any] | None]:
    inputs, arrow, output = text.replace(" ", "").partition("->")
    return [_characters(term) for term in inputs.split(",")], _characters(output) if arrow else None


def _characters(term: str) -> list[Any]:
    before, dots, after = term.partition("...")
    if before + after and not (before + after).isalpha():
        raise ValueError(f"einsum: subscripts are letters and one '...', not {term!r}")
    return [*before, *([Ellipsis] if dots else []), *after]


def _implied(terms: Sequence[Sequence[Any]], widest: int) -> list[Any]:
    """The output that is not spelled out: the ellipsis, then the labels that stand once, in their order."""
    every = [label for term in terms for label in term if label is not Ellipsis]
    return [*([Ellipsis] if widest else []), *sorted(label for label in set(every) if every.count(label) == 1)]


def _numbered(term: Sequence[Any], span: int, numbers: dict[Any, int]) -> Labels:
    found: list[int] = []
    for label in term:
        axes = [(Ellipsis, k) for k in range(-span, 0)] if label is Ellipsis else [label]  # right-aligned
        found.extend(numbers.setdefault(axis, len(numbers)) for axis in axes)
    return tuple(found)
