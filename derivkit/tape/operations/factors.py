"""Factorizations of matrices: Cholesky, eigenvalues of symmetric matrices, singular values, QR.

Functions of symmetric matrices read one triangle; their derivatives are those of the function of the symmetric part, and symmetric.

Sources: Murray, Differentiation of the Cholesky decomposition (arXiv:1602.07527); Seeger et al., Auto-differentiating linear
algebra (arXiv:1710.08717); Townsend, Differentiating the singular value decomposition (2016); Walter and Lehmann, Algorithmic
differentiation of linear algebra functions (2010), for QR.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.faces import implements
from derivkit.tape.operation import Structural
from derivkit.tape.operations.products import turned
from derivkit.tape.operations.svd import svd as svd
from derivkit.tape.operations.svd import unused
from derivkit.tape.tensor import apply, plain


def symmetric(x: Any) -> Any:
    """The symmetric part of matrices."""
    return (x + turned(x)) / 2


def _lower_half(x: Any) -> Any:
    """The lower triangle of matrices, with half of their diagonal."""
    return np.tril(x) - np.tril(np.triu(x)) / 2


def _pull_cholesky(g: Any, y: Any, a: Any) -> Any:
    inner = _lower_half(turned(y) @ g)
    left = np.linalg.solve(turned(y), inner)
    return symmetric(turned(np.linalg.solve(turned(y), turned(left))))


def _push_cholesky(v: Any, y: Any, a: Any) -> Any:
    left = np.linalg.solve(y, symmetric(v))
    return y @ _lower_half(turned(np.linalg.solve(y, turned(left))))


CHOLESKY = Structural("numpy.linalg.cholesky", np.linalg.cholesky, (_pull_cholesky,), (_push_cholesky,))


@implements(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """`numpy.linalg.cholesky`."""
    return turned(apply(CHOLESKY, (turned(a),))) if upper else apply(CHOLESKY, (a,))


def gaps(w: Any) -> Any:
    """1/(w_j - w_i), 0 where i = j; infinite between equal numbers, of which single vectors have no derivative."""
    unit = np.eye(np.shape(w)[-1], dtype=plain(w).dtype)
    return (1 - unit) / (np.expand_dims(w, -2) - np.expand_dims(w, -1) + unit)


def _pull_eigh(g: tuple[Any, Any], y: tuple[Any, Any], a: Any, UPLO: str) -> Any:
    w, v = y
    if unused(g[1]):
        return (v * np.expand_dims(g[0], -2)) @ turned(v)
    inner = gaps(w) * (turned(v) @ g[1]) + np.expand_dims(g[0], -1) * np.eye(v.shape[-1], dtype=v.dtype)
    return symmetric(v @ inner @ turned(v))


def _push_eigh(t: Any, y: tuple[Any, Any], a: Any, UPLO: str) -> tuple[Any, Any]:
    w, v = y
    inner = turned(v) @ symmetric(t) @ v
    return np.diagonal(inner, axis1=-2, axis2=-1), v @ (gaps(w) * inner)


EIGH = Structural("numpy.linalg.eigh", lambda a, UPLO: tuple(np.linalg.eigh(a, UPLO)), (_pull_eigh,), (_push_eigh,), multiple=True)


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """`numpy.linalg.eigh`; where eigenvalues coincide, derivatives of their eigenvectors are infinite or NaN."""
    return type(np.linalg.eigh(np.eye(1)))(*apply(EIGH, (a,), {"UPLO": UPLO}))


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """`numpy.linalg.eigvalsh`; where eigenvalues coincide, the derivative of their sum is right, and single ones share it."""
    return apply(EIGH, (a,), {"UPLO": UPLO})[0]


def _pull_qr(g: tuple[Any, Any], y: tuple[Any, Any], a: Any) -> Any:
    q, r = y
    m = r @ turned(g[1]) - turned(g[0]) @ q
    return turned(np.linalg.solve(r, turned(g[0] + q @ (np.tril(m) + turned(np.tril(m, -1))))))


def _push_qr(v: Any, y: tuple[Any, Any], a: Any) -> tuple[Any, Any]:
    q, r = y
    scaled = turned(np.linalg.solve(turned(r), turned(v)))
    inner = turned(q) @ scaled
    lower = np.tril(inner, -1)
    turn = lower - turned(lower)
    return scaled - q @ (inner - turn), (inner - turn) @ r


QR = Structural("numpy.linalg.qr", lambda a: tuple(np.linalg.qr(a)), (_pull_qr,), (_push_qr,), multiple=True)


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """`numpy.linalg.qr` of matrices whose first columns are linearly independent.

    Raises
    ------
    NotImplementedError
        For the mode 'complete' of a matrix with more rows than columns, whose further columns are any, and for 'raw'.
    """
    rows, columns = a.shape[-2:]
    if mode not in ("reduced", "r", "complete") or (mode == "complete" and rows > columns):
        raise NotImplementedError(f"numpy.linalg.qr with mode={mode!r} has no derivative rule; use mode='reduced' or 'r'")
    q, r = apply(QR, (a[..., :, :rows],) if rows < columns else (a,))
    if rows < columns:
        r = np.concatenate([r, turned(q) @ a[..., :, rows:]], axis=-1)
    return r if mode == "r" else type(np.linalg.qr(np.eye(1)))(q, r)
