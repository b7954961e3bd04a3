"""`numpy.einsum`, brought down to sums, diagonals, transposes and contractions of two arrays.

What a text asks of arrays of given shapes is worked out once: its labels become whole numbers, and the way to the result a list of
steps. Later calls only run the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operations.contraction import Labels, Shape, contract
from derivkit.tape.operations.subscripts import read

Step = tuple[
    tuple[int, ...], Callable[..., Any]
]  # places of one array, which is replaced, or of two, whose product goes to the end


@implements(np.einsum)
def einsum(*operands: Any, out: None = None, optimize: Any = False, **options: Any) -> Any:
    """`numpy.einsum` in both its forms.

    Arrays are contracted two by two, in an order chosen by NumPy's greedy search, whatever `optimize` says: results may differ from
    NumPy's in the last digits.
    """
    if isinstance(operands[0], str):
        arrays = [as_array(x) for x in operands[1:]]
        labels, wanted = read(operands[0], tuple(x.ndim for x in arrays))
    else:
        arrays = [as_array(x) for x in operands[: len(operands) // 2 * 2 : 2]]
        terms = tuple(tuple(term) for term in operands[1::2])
        result = tuple(operands[-1]) if len(operands) % 2 else None
        labels, wanted = read((terms, result), tuple(x.ndim for x in arrays))
    return multiply_all(arrays, labels, wanted)


def multiply_all(arrays: Sequence[Any], labels: tuple[Labels, ...], wanted: Labels) -> Any:
    """The sum of products of arrays whose axes carry labels."""
    arrays = list(arrays)
    for places, function in _steps(labels, wanted, tuple([x.shape for x in arrays])):
        if len(places) == 1:
            arrays[places[0]] = function(arrays[places[0]])
        else:
            second, first = (arrays.pop(k) for k in reversed(places))
            arrays.append(function(first, second))
    return arrays[0]


@lru_cache(maxsize=1024)
def _steps(labels: tuple[Labels, ...], wanted: Labels, shapes: tuple[Shape, ...]) -> tuple[Step, ...]:
    """The way from arrays to their sum of products."""
    own = list(labels)
    steps: list[Step] = []
    for k, kept in enumerate(_stretched(labels, shapes)):
        if kept is not None:
            steps.append(((k,), partial(np.reshape, shape=tuple(shapes[k][j] for j in kept))))
            own[k] = tuple(labels[k][j] for j in kept)
    for k in range(len(own)):
        for first, second, rest in _diagonals(own[k]):
            steps.append(((k,), partial(np.diagonal, axis1=first, axis2=second)))
            own[k] = rest
    steps.extend(_contractions(own, wanted, _path(tuple(own), wanted, labels, shapes)))
    return tuple(steps)


def _contractions(own: list[Labels], wanted: Labels, path: Sequence[tuple[int, ...]]) -> Iterator[Step]:
    """The steps that bring arrays, no label twice in one, down to one array with the wanted labels."""
    for pair in path:
        left = [labels for k, labels in enumerate(own) if k not in pair]
        others = set(wanted).union(*left)
        for k, partner in (pair, pair[::-1]):
            yield from _sum(own, k, others.union(own[partner]))
        a, b = (own[k] for k in pair)
        made = tuple(sorted(others.intersection(a + b))) if left else wanted
        yield pair, partial(contract, labels_a=a, labels_b=b, out=made)
        own[:] = [*left, made]
    yield from _sum(own, 0, set(wanted))
    if own[0] != wanted:
        yield (0,), partial(np.transpose, axes=tuple(own[0].index(x) for x in wanted))


def _sum(own: list[Labels], k: int, needed: set[int]) -> Iterator[Step]:
    """The sum of an array over the axes that nothing else knows."""
    lone = tuple(j for j, label in enumerate(own[k]) if label not in needed)
    if lone:
        own[k] = tuple(label for label in own[k] if label in needed)
        yield (k,), partial(np.sum, axis=lone)


def _diagonals(labels: Labels) -> Iterator[tuple[int, int, Labels]]:
    """Pairs of axes with the same label, one after the other, and the labels that are left: `numpy.diagonal` puts its axis last."""
    while len(set(labels)) < len(labels):
        first, second = next((i, j) for j, label in enumerate(labels) for i in range(j) if labels[i] == label)
        labels = (*(label for k, label in enumerate(labels) if k not in (first, second)), labels[first])
        yield first, second, labels


def _stretched(labels: Sequence[Labels], shapes: Sequence[Shape]) -> Iterator[list[int] | None]:
    """For each array the axes without those of length 1 that NumPy stretches; None if all stay."""
    lengths: dict[int, int] = {}
    for own, shape in zip(labels, shapes, strict=True):
        for label, n in zip(own, shape, strict=True):
            known = lengths.setdefault(label, n)
            if n != known and 1 not in (n, known):
                raise ValueError(f"einsum: one label has the lengths {known} and {n}; the arrays have shapes {_listed(shapes)}")
            lengths[label] = n if known == 1 else known
    for own, shape in zip(labels, shapes, strict=True):
        kept = [k for k, label in enumerate(own) if shape[k] == lengths[label]]
        yield None if len(kept) == len(own) else kept


def _path(own: tuple[Labels, ...], wanted: Labels, labels: Sequence[Labels], shapes: Sequence[Shape]) -> list[tuple[int, ...]]:
    """Which two arrays to contract next, until one is left."""
    if len(own) < 3:
        return [(0, 1)] * (len(own) - 1)
    lengths: dict[int, int] = {}
    for one, shape in zip(labels, shapes, strict=True):
        for label, n in zip(one, shape, strict=True):
            lengths[label] = max(n, lengths.get(label, n)) if n else 0
    operands = [part for one in own for part in (np.broadcast_to(0.0, tuple(lengths[x] for x in one)), list(one))]
    steps = np.einsum_path(*operands, list(wanted), optimize="greedy")[0][1:]
    return [pair for step in steps for pair in ([tuple(sorted(step))] if len(step) == 2 else [(0, 1)] * (len(step) - 1))]


def _listed(shapes: Sequence[Shape]) -> str:
    return ", ".join(map(str, shapes))
