"""The singular value decomposition (Townsend, Differentiating the singular value decomposition, 2016)."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.operations.products import turned
from derivkit.tape.tensor import Tensor, apply, plain

HINT = "the columns that numpy.linalg.svd adds with full_matrices=True are any, and have no derivative; use full_matrices=False"


def unused(g: Any) -> bool:
    """Whether a cotangent is zero because nothing depends on its output."""
    return not isinstance(g, Tensor) and not np.any(g)


def _svd(a: Any, full: bool) -> tuple[Any, Any, Any, Any]:
    """The reduced factors, and what the full ones have besides."""
    u, s, vt = np.linalg.svd(a, full_matrices=full)
    k = s.shape[-1]
    return u[..., :, :k], s, vt[..., :k, :], u[..., :, k:] if u.shape[-1] > k else vt[..., k:, :]


def _pull(g: tuple[Any, ...], y: tuple[Any, ...], a: Any, full: bool) -> Any:
    u, s, vt, _ = y
    g_u, g_s, g_vt, g_rest = g
    if np.any(plain(g_rest)):
        raise NotImplementedError(HINT)
    middle = np.expand_dims(g_s, -1) * np.eye(s.shape[-1], dtype=s.dtype)
    outside: Any = 0
    if not unused(g_u):
        middle = middle + _turning(s, turned(u) @ g_u) * np.expand_dims(s, -2)
        outside = _outside(u, g_u / np.expand_dims(s, -2)) @ vt
    if not unused(g_vt):
        g_v, v = turned(g_vt), turned(vt)
        middle = middle + np.expand_dims(s, -1) * _turning(s, vt @ g_v)
        outside = outside + u @ turned(_outside(v, g_v / np.expand_dims(s, -2)))
    return u @ middle @ vt + outside


def _turning(s: Any, x: Any) -> Any:
    """x - x' over the differences of squared singular values."""
    return _gaps(s) * (x - turned(x))


def _gaps(s: Any) -> Any:
    """1/((s_j - s_i)(s_j + s_i)), 0 where i = j; infinite between equal numbers."""
    unit = np.eye(np.shape(s)[-1], dtype=plain(s).dtype)
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    return (1 - unit) / ((row - column + unit) * (row + column + unit))


def _outside(basis: Any, x: Any) -> Any:
    """The part of columns that is orthogonal to a basis; nothing where that spans the space."""
    return x - basis @ (turned(basis) @ x) if basis.shape[-2] > basis.shape[-1] else 0 * x


def _push(t: Any, y: tuple[Any, ...], a: Any, full: bool) -> tuple[Any, ...]:
    u, s, vt, rest = y
    v = turned(vt)
    inner = turned(u) @ t @ v
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    gaps = _gaps(s)
    d_u = u @ (gaps * (inner * row + column * turned(inner))) + _outside(u, t @ v / row)
    d_v = v @ (gaps * (column * inner + turned(inner) * row)) + _outside(v, turned(t) @ u / row)
    unknown = np.full_like(plain(rest), np.nan)
    return d_u, np.diagonal(inner, axis1=-2, axis2=-1), turned(d_v), unknown


SVD = Structural("numpy.linalg.svd", _svd, (_pull,), (_push,), multiple=True)


@implements(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """`numpy.linalg.svd`.

    Where singular values coincide or are zero, derivatives of their vectors are infinite or NaN; the vectors that
    `full_matrices=True` adds have no derivative, and using them raises NotImplementedError (in forward mode: NaN).
    """
    u, s, vt, rest = apply(SVD, (a,), {"full": full_matrices and compute_uv})
    if not compute_uv:
        return s
    if rest.size:
        rows, columns = a.shape[-2:]
        u, vt = (np.concatenate([u, rest], axis=-1), vt) if rows > columns else (u, np.concatenate([vt, rest], axis=-2))
    return type(np.linalg.svd(np.eye(1)))(u, s, vt)


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """`numpy.linalg.svdvals`; where singular values coincide, the derivative of their sum is right, and single ones share it."""
    return svd(x, compute_uv=False)
