"""Determinants: their derivative is the matrix of cofactors, which singular matrices have too."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.operation import Structural
from derivkit.tape.operations.products import turned
from derivkit.tape.tensor import Tensor, apply, plain

WELL = 1e6  # condition numbers up to which the inverse serves


def det_rule(g: Any, y: Any, a: Any) -> Any:
    """Jacobi's formula."""
    return _as_matrix(g) * apply(COFACTORS, (a,))


def _cofactors(a: Any) -> Any:
    """The derivatives of a determinant by each element."""
    x = _good_inverse(a)
    if x is not None:
        return _as_matrix(np.linalg.det(a)) * turned(x)
    u, s, vt, sign = _singular(a)
    return (u * (_as_matrix(sign) * _others(s)[..., None, :])) @ vt


def _cofactors_rule(g: Any, y: Any, a: Any) -> Any:
    """The second derivative of a determinant applied to a matrix; it is symmetric, so that it serves in both modes."""
    x = _good_inverse(plain(a))
    if x is None:
        return apply(SECOND, (g, a))
    if isinstance(a, Tensor):
        x = np.linalg.inv(a)
    return _as_matrix(np.sum(g * turned(x), axis=(-2, -1))) * y - y @ turned(g) @ turned(x)


def _second(g: Any, a: Any) -> Any:
    """The same at a singular matrix: in the basis of its singular vectors, minors are products of the other singular values."""
    u, s, vt, sign = _singular(a)
    unit = np.eye(s.shape[-1], dtype=s.dtype)
    minors = _as_matrix(sign) * (1 - unit) * _others(np.where(unit, 1.0, s[..., None, :]))
    inner = turned(u) @ g @ turned(vt)
    diagonal = np.einsum("...ij,...jj->...i", minors, inner)
    return u @ (diagonal[..., None] * unit - minors * turned(inner)) @ vt


def _singular(a: Any) -> tuple[Any, Any, Any, Any]:
    u, s, vt = np.linalg.svd(a)
    return u, s, vt, np.sign(np.linalg.det(u) * np.linalg.det(vt))


def _others(s: Any) -> Any:
    """For each number, the product of all others."""
    one = np.ones_like(s[..., :1])
    before = np.cumprod(np.concatenate([one, s[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, s[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return before * after


def _good_inverse(a: Any) -> Any:
    """The inverses of matrices; None if that of one of them is not to be relied on."""
    try:
        x = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return None
    sizes = [np.max(np.sum(np.abs(m), axis=-1), axis=-1, initial=0.0) for m in (a, x)]
    return x if np.all(sizes[0] * sizes[1] < WELL) else None


def _as_matrix(x: Any) -> Any:
    return x if np.ndim(x) == 0 else np.expand_dims(x, (-2, -1))


def _inverse(a: Any) -> Any:
    """The transposed inverse; infinite where there is none."""
    try:
        return turned(np.linalg.inv(a))
    except np.linalg.LinAlgError:
        return np.full_like(plain(a), np.inf)


COFACTORS = Structural("cofactors", _cofactors, (_cofactors_rule,), (_cofactors_rule,))
SECOND: Structural = Structural(
    "the second derivative of the determinant of a singular matrix",
    _second,
    (lambda g, y, v, a: apply(SECOND, (g, a)), None),
    (lambda w, y, v, a: apply(SECOND, (w, a)), None),
)
LOG_DET = Structural(
    "numpy.linalg.slogdet",
    lambda a: tuple(np.linalg.slogdet(a)),
    (lambda g, y, a: _as_matrix(g[1]) * _inverse(a),),
    (lambda v, y, a: (np.zeros_like(y[0]), np.sum(_inverse(a) * v, axis=(-2, -1))),),
    multiple=True,
)
