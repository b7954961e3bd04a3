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
from derivkit.tape.operations.subscripts import Labels as Labels
from derivkit.tape.spares import multiplied
from derivkit.tape.tensor import Tensor, apply

Shape = tuple[int, ...]
FEW = 5000  # multiplications in all, below which NumPy's own loop is done before the transposes are


class Plan(NamedTuple):
    """How two arrays become stacks of matrices, whose products are the result.

    Attributes
    ----------
    turn_a, turn_b : tuple of int
        Axes in the order batch, rows, sum and batch, sum, columns.
    shape_a, shape_b, shape : tuple of int
        Lengths of the stacks, and of the result before its axes are put in order.
    back : tuple of int
        The order of the result's axes.
    loop : bool
        Whether NumPy's own loop is quicker.
    """

    turn_a: Labels
    turn_b: Labels
    shape_a: Shape
    shape_b: Shape
    shape: Shape
    back: Labels
    loop: bool


@lru_cache(maxsize=4096)
def plan(a: Labels, b: Labels, out: Labels, shape_a: Shape, shape_b: Shape) -> Plan:
    """The way from two arrays to their contraction."""
    length = dict(zip(a + b, shape_a + shape_b, strict=True))
    batch = tuple(x for x in out if x in a and x in b)
    rows = tuple(x for x in out if x in a and x not in b)
    columns = tuple(x for x in out if x in b and x not in a)
    summed = tuple(x for x in a if x in b and x not in out)
    made = batch + rows + columns
    n, m, k = (prod(length[x] for x in labels) for labels in (rows, columns, summed))
    stack = tuple(length[x] for x in batch)
    return Plan(
        tuple(a.index(x) for x in batch + rows + summed),
        tuple(b.index(x) for x in batch + summed + columns),
        (*stack, n, k),
        (*stack, k, m),
        tuple(length[x] for x in made),
        tuple(made.index(x) for x in out),
        bool(summed) and bool(batch) and (n * m == 1 or prod(stack) * n * m * k < FEW),
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
    if out and out[-1] not in labels_b:  # the last axis of the result shall lie close in memory: it is that of the columns
        a, b, labels_a, labels_b = b, a, labels_b, labels_a
    how = plan(labels_a, labels_b, out, a.shape, b.shape)
    if how.loop:
        return np.einsum(a, labels_a, b, labels_b, out)
    a = a.transpose(how.turn_a).reshape(how.shape_a)
    b = b.transpose(how.turn_b).reshape(how.shape_b)
    product = a * b if how.shape_a[-1] == 1 else multiplied(a, b)
    return product.reshape(how.shape).transpose(how.back)[()]


CONTRACT = Structural(
    "einsum",
    _contract,
    (
        lambda g, y, a, b, labels_a, labels_b, out: contract(g, b, out, labels_b, labels_a),
        lambda g, y, a, b, labels_a, labels_b, out: contract(a, g, labels_a, out, labels_b),
    ),
)
