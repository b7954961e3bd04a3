"""Sums of products of two arrays over axes that carry labels: what every product of arrays comes down to.

The rules of a contraction are contractions themselves, and take the same way: transposes and `numpy.matmul`, which runs in BLAS,
where the sums are long enough; NumPy's own loop where they are not.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from derivkit.tape.operation import Structural
from derivkit.tape.tensor import Tensor, apply

Labels = tuple[int, ...]
SHORT = 24  # multiplications for one element of the batch below which NumPy's own loop is faster


class Plan(NamedTuple):
    """How two arrays become stacks of matrices: labels of the batch, of the rows, of the sum and of the columns."""

    batch: Labels
    rows: Labels
    summed: Labels
    columns: Labels
    turn_a: Labels
    turn_b: Labels
    back: Labels


@lru_cache(maxsize=4096)
def plan(a: Labels, b: Labels, out: Labels) -> Plan:
    """The axes of a contraction in the order in which `numpy.matmul` wants them."""
    batch = tuple(x for x in out if x in a and x in b)
    rows = tuple(x for x in out if x in a and x not in b)
    columns = tuple(x for x in out if x in b and x not in a)
    summed = tuple(x for x in a if x in b and x not in out)
    made = batch + rows + columns
    return Plan(
        batch,
        rows,
        summed,
        columns,
        tuple(a.index(x) for x in batch + rows + summed),
        tuple(b.index(x) for x in batch + summed + columns),
        tuple(made.index(x) for x in out),
    )


def contract(a: Any, b: Any, labels_a: Labels, labels_b: Labels, out: Labels) -> Any:
    """The sum of products of two arrays over the labels that the result lacks.

    Parameters
    ----------
    a, b : array or Tensor
    labels_a, labels_b, out : tuple of int
        A label for each axis of the arguments and of the result. No array has a label twice; every label stands in two of the
        three, with the same length.

    Returns
    -------
    array or Tensor
    """
    params = {"labels_a": labels_a, "labels_b": labels_b, "out": out}
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return apply(CONTRACT, (a, b), params)
    return _contract(a, b, **params)


def _contract(a: Any, b: Any, labels_a: Labels, labels_b: Labels, out: Labels) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    how = plan(labels_a, labels_b, out)
    length = dict(zip(labels_a + labels_b, a.shape + b.shape, strict=True))
    batch, rows, summed, columns = ([length[x] for x in labels] for labels in how[:4])
    n, m, k = prod(rows), prod(columns), prod(summed)
    if how.batch and how.summed and (n * m * k < SHORT or n * m == 1):
        return np.einsum(a, labels_a, b, labels_b, out)
    a, b = a.transpose(how.turn_a), b.transpose(how.turn_b)
    if how.summed:
        product = np.matmul(a.reshape(*batch, n, k), b.reshape(*batch, k, m))
    else:
        product = a.reshape(*batch, n, 1) * b.reshape(*batch, 1, m)
    return product.reshape(*batch, *rows, *columns).transpose(how.back)[()]


CONTRACT = Structural(
    "einsum",
    _contract,
    (
        lambda g, y, a, b, labels_a, labels_b, out: contract(g, b, out, labels_b, labels_a),
        lambda g, y, a, b, labels_a, labels_b, out: contract(a, g, labels_a, out, labels_b),
    ),
)
