"""Linear equations, inverses and determinants.

Sources: Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation (2008); Golub and
Pereyra, SIAM J. Numer. Anal. 10 (1973) 413, for the pseudo-inverse. Factorizations are in `factors.py`, norms in `norms.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural, missing_rule
from derivkit.tape.operations import factors as factors
from derivkit.tape.operations import norms as norms
from derivkit.tape.operations.determinants import LOG_DET, det_rule
from derivkit.tape.operations.products import turned
from derivkit.tape.tensor import apply, plain


def _pull_pinv(g: Any, y: Any, a: Any, **options: Any) -> Any:
    return _pinv_terms(turned(y), g, turned(a))


def _push_pinv(v: Any, y: Any, a: Any, **options: Any) -> Any:
    return _pinv_terms(y, v, a)


def _pinv_terms(p: Any, v: Any, a: Any) -> Any:
    """Golub and Pereyra's equation 4.12; transposed, it is its own reverse."""
    p_t, v_t = turned(p), turned(v)
    left = v_t @ p_t @ p
    right = p @ p_t @ v_t
    return right - (right @ a) @ p + left - p @ (a @ left) - p @ v @ p


INV = Structural(
    "numpy.linalg.inv",
    np.linalg.inv,
    (lambda g, y, a: -turned(y) @ g @ turned(y),),
    (lambda v, y, a: -y @ v @ y,),
)
SOLVE = Structural(
    "numpy.linalg.solve",  # of matrices on the right
    np.linalg.solve,
    (lambda g, y, a, b: -np.linalg.solve(turned(a), g) @ turned(y), lambda g, y, a, b: np.linalg.solve(turned(a), g)),
    (lambda v, y, a, b: -np.linalg.solve(a, v @ y), lambda v, y, a, b: np.linalg.solve(a, v)),
)
DET = Structural("numpy.linalg.det", np.linalg.det, (det_rule,), (lambda v, y, a: np.sum(det_rule(1.0, y, a) * v, axis=(-2, -1)),))
PINV = Structural("numpy.linalg.pinv", np.linalg.pinv, (_pull_pinv,), (_push_pinv,))


@implements(np.linalg.inv)
def inv(a: Any) -> Any:
    """`numpy.linalg.inv`."""
    return apply(INV, (a,))


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """`numpy.linalg.solve`; only a one-dimensional `b` is a vector, as in NumPy 2."""
    if np.ndim(b) == 1:
        return np.squeeze(apply(SOLVE, (a, np.expand_dims(b, -1))), -1)
    return apply(SOLVE, (a, b))


@implements(np.linalg.det)
def det(a: Any) -> Any:
    """`numpy.linalg.det`; the derivative is the matrix of cofactors, at singular matrices too."""
    return apply(DET, (a,))


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """`numpy.linalg.slogdet`; the sign has no derivative, and that of a singular matrix's logarithm is infinite or NaN."""
    return type(np.linalg.slogdet(np.eye(1)))(*apply(LOG_DET, (a,)))


@implements(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, **options: Any) -> Any:
    """`numpy.linalg.pinv`, right where the rank does not change."""
    if rcond is not None:
        options["rcond"] = rcond
    if options:
        _refuse_cuts(a, next(iter(options.values())))
    return apply(PINV, (a,), options)


def _refuse_cuts(a: Any, relative: Any) -> None:
    """Refuse to drop singular values that are more than rounding: the derivative of what is left needs the vectors of all."""
    s = np.linalg.svdvals(plain(a))
    largest = np.max(s, axis=-1, keepdims=True, initial=0.0)
    noise = max(a.shape[-2:]) * np.finfo(s.dtype).eps
    if relative is not None and np.any((s <= np.expand_dims(plain(relative), -1) * largest) & (s > 10 * noise * largest)):
        missing_rule("numpy.linalg.pinv where rcond or rtol drops a singular value that is not zero,")


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """`numpy.linalg.lstsq` by the pseudo-inverse: the solution, the sums of squares, the rank, the singular values."""
    cut = np.finfo(np.result_type(plain(a), plain(b))).eps * max(np.shape(a)) if rcond is None else max(rcond, 0.0)
    x = np.linalg.pinv(a, cut) @ b
    s = np.linalg.svdvals(a)
    rank = int(np.sum(plain(s) > cut * np.max(plain(s), initial=0.0)))
    rows, columns = np.shape(a)
    if rank < columns or rows <= columns:
        return x, np.zeros(0, np.asarray(plain(s)).dtype), rank, s
    return x, np.sum((np.reshape(b, (rows, -1)) - a @ np.reshape(x, (columns, -1))) ** 2, axis=0), rank, s


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """`numpy.linalg.tensorinv`."""
    rows, columns = a.shape[:ind], a.shape[ind:]
    return np.reshape(np.linalg.inv(np.reshape(a, (prod(rows), prod(columns)))), columns + rows)


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """`numpy.linalg.tensorsolve`."""
    a = as_array(a)
    if axes is not None:
        axes = [normalize_axis_index(k, a.ndim) for k in axes]
        a = np.transpose(a, [*(k for k in range(a.ndim) if k not in axes), *axes])
    shape = a.shape[np.ndim(b) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (prod(np.shape(b)), prod(shape))), np.ravel(b)), shape)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """`numpy.linalg.cond`."""
    if p in (None, 2, -2):
        s = np.linalg.svdvals(x)
        return s[..., 0] / s[..., -1] if p != -2 else s[..., -1] / s[..., 0]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))


@implements(np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, **options: Any) -> Any:
    """`numpy.linalg.matrix_rank`: whole numbers, without derivative."""
    return np.linalg.matrix_rank(plain(A), plain(tol), hermitian, **options)


@implements(np.linalg.eig, np.linalg.eigvals)
def eig(a: Any) -> Any:
    """Refused, because eigenvalues of a general matrix may be complex."""
    raise NotImplementedError(
        "numpy.linalg.eig has no derivative rule: eigenvalues of a general matrix may be complex, and tensors are real; "
        "for symmetric matrices use numpy.linalg.eigh or eigvalsh"
    )
