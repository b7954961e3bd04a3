"""`numpy.einsum`, brought down to sums, diagonals, transposes and contractions of two arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operations.contraction import Labels, contract


@implements(np.einsum)
def einsum(*operands: Any, out: None = None, optimize: Any = False, **options: Any) -> Any:
    """`numpy.einsum` in both its forms.

    Arrays are contracted two by two, in an order chosen by NumPy's greedy search, whatever `optimize` says: results may differ from
    NumPy's in the last digits.
    """
    arrays, labels, wanted = _read(operands)
    pairs = [_simple(x, own) for x, own in _same_lengths(arrays, labels)]
    return _reduced([x for x, _ in pairs], [own for _, own in pairs], wanted)


def multiply_all(arrays: Sequence[Any], labels: Sequence[Labels], wanted: Labels) -> Any:
    """The sum of products of arrays whose axes carry labels, no label twice in one array."""
    return _reduced(list(arrays), list(labels), wanted)


def _reduced(arrays: list[Any], labels: list[Labels], wanted: Labels) -> Any:
    for pair in _path(tuple(labels), wanted, tuple(x.shape for x in arrays)):
        taken = [(arrays[k], labels[k]) for k in pair]
        for k in sorted(pair, reverse=True):
            del arrays[k], labels[k]
        others = set(wanted).union(*labels)
        kept = [
            _summed(x, own, others.union(*(rest for j, (_, rest) in enumerate(taken) if j != i)))
            for i, (x, own) in enumerate(taken)
        ]
        (a, labels_a), (b, labels_b) = kept
        made = wanted if not arrays else tuple(sorted(others.intersection(labels_a + labels_b)))
        arrays.append(contract(a, b, labels_a, labels_b, made))
        labels.append(made)
    last, own = _summed(arrays[0], labels[0], set(wanted))
    return last if own == wanted else np.transpose(last, [own.index(x) for x in wanted])


def _summed(x: Any, labels: Labels, needed: set[int]) -> tuple[Any, Labels]:
    """An array summed over the axes that nothing else knows."""
    lone = tuple(k for k, label in enumerate(labels) if label not in needed)
    if not lone:
        return x, labels
    return np.sum(x, axis=lone), tuple(label for label in labels if label in needed)


def _simple(x: Any, labels: Labels) -> tuple[Any, Labels]:
    """An array of which only the diagonal is left of axes with equal labels."""
    while len(set(labels)) < len(labels):
        first, second = next((i, j) for j, label in enumerate(labels) for i in range(j) if labels[i] == label)
        x = np.diagonal(x, axis1=first, axis2=second)
        labels = (*(label for k, label in enumerate(labels) if k not in (first, second)), labels[first])
    return x, labels


def _same_lengths(arrays: Sequence[Any], labels: Sequence[Labels]) -> list[tuple[Any, Labels]]:
    """The arrays without those axes of length 1 that NumPy stretches."""
    lengths: dict[int, int] = {}
    for x, own in zip(arrays, labels, strict=True):
        for label, n in zip(own, x.shape, strict=True):
            known = lengths.setdefault(label, n)
            if n != known and 1 not in (n, known):
                raise ValueError(f"einsum: one label has the lengths {known} and {n}; the arrays have shapes {_shapes(arrays)}")
            lengths[label] = n if known == 1 else known
    return [_without_short(x, own, lengths) for x, own in zip(arrays, labels, strict=True)]


def _without_short(x: Any, labels: Labels, lengths: dict[int, int]) -> tuple[Any, Labels]:
    kept = [k for k, label in enumerate(labels) if x.shape[k] == lengths[label]]
    if len(kept) == len(labels):
        return x, labels
    return np.reshape(x, tuple(x.shape[k] for k in kept)), tuple(labels[k] for k in kept)


@lru_cache(maxsize=1024)
def _path(labels: tuple[Labels, ...], wanted: Labels, shapes: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Which two arrays to contract next, until one is left."""
    if len(labels) < 3:
        return ((0, 1),) * (len(labels) - 1)
    operands = [part for own, shape in zip(labels, shapes, strict=True) for part in (np.broadcast_to(0.0, shape), list(own))]
    steps = np.einsum_path(*operands, list(wanted), optimize="greedy")[0][1:]
    return tuple(pair for step in steps for pair in _pairs(tuple(step), len(labels)))


def _pairs(step: tuple[int, ...], count: int) -> list[tuple[int, ...]]:
    """A step of NumPy's path as contractions of two; more than two are taken together only at its end."""
    return [step] if len(step) == 2 else [(0, 1)] * (len(step) - 1)


def _shapes(arrays: Sequence[Any]) -> str:
    return ", ".join(str(x.shape) for x in arrays)


# Reading what is to be summed: labels, and the axes that an ellipsis stands for, become whole numbers.


def _read(operands: Sequence[Any]) -> tuple[list[Any], list[Labels], Labels]:
    if isinstance(operands[0], str):
        arrays = [as_array(x) for x in operands[1:]]
        inputs, arrow, output = operands[0].replace(" ", "").partition("->")
        terms: list[list[Any]] = [_characters(term) for term in inputs.split(",")]
        wanted = _characters(output) if arrow else None
    else:
        arrays = [as_array(x) for x in operands[: len(operands) // 2 * 2 : 2]]
        terms = [list(term) for term in operands[1::2]]
        wanted = list(operands[-1]) if len(operands) % 2 else None
    if len(terms) != len(arrays):
        raise ValueError(f"einsum: the subscripts name {len(terms)} arrays, but {len(arrays)} were given")
    spans = [x.ndim - sum(label is not Ellipsis for label in term) for x, term in zip(arrays, terms, strict=True)]
    for x, term, span in zip(arrays, terms, spans, strict=True):
        if span < 0 or (span and Ellipsis not in term) or term.count(Ellipsis) > 1:
            raise ValueError(f"einsum: {len(term)} subscripts do not fit an array of shape {x.shape}")
    widest = max((span for span, term in zip(spans, terms, strict=True) if Ellipsis in term), default=0)
    if wanted is None:
        every = [label for term in terms for label in term if label is not Ellipsis]
        wanted = [*([Ellipsis] if widest else []), *sorted(label for label in set(every) if every.count(label) == 1)]
    numbers: dict[Any, int] = {}
    found = [_numbered(term, span, numbers) for term, span in zip(terms, spans, strict=True)]
    known = len(numbers)
    result = _numbered(wanted, widest, numbers)
    if len(numbers) > known or len(set(result)) < len(result):
        raise ValueError("einsum: the output names a label twice, or one that no array has")
    return arrays, found, result


def _characters(term: str) -> list[Any]:
    before, dots, after = term.partition("...")
    if not (before + after).isalpha() and before + after:
        raise ValueError(f"einsum: subscripts are letters and one '...', not {term!r}")
    return [*before, *([Ellipsis] if dots else []), *after]


def _numbered(term: Sequence[Any], span: int, numbers: dict[Any, int]) -> Labels:
    found: list[int] = []
    for label in term:
        if label is Ellipsis:
            found.extend(numbers.setdefault((Ellipsis, k), len(numbers)) for k in range(-span, 0))  # right-aligned
        else:
            found.append(numbers.setdefault(label, len(numbers)))
    return tuple(found)
