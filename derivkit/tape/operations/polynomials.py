"""Polynomials by their coefficients, the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.build import as_array
from derivkit.tape.faces import implements
from derivkit.tape.operation import missing_rule
from derivkit.tape.tensor import plain


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """`numpy.polyval`, by Horner's rule."""
    p, x = as_array(p), as_array(x)
    value = 0 * x
    for coefficient in p:
        value = value * x + coefficient
    return value


@implements(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """`numpy.vander`."""
    x = as_array(x)
    if x.ndim != 1:
        raise ValueError(f"vander needs one axis, not shape {x.shape}")
    powers = np.arange(x.shape[0] if N is None else N)
    return x[:, None] ** (powers if increasing else powers[::-1])


@implements(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """`numpy.polyadd`."""
    a1, a2 = (np.atleast_1d(as_array(a)) for a in (a1, a2))
    longest = max(a1.shape[0], a2.shape[0])
    return np.add(*[np.pad(a, (longest - a.shape[0], 0)) for a in (a1, a2)])


@implements(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """`numpy.polysub`."""
    return polyadd(a1, np.negative(a2))


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """`numpy.polymul`."""
    return np.convolve(_without_zeros(a1), _without_zeros(a2))


def _without_zeros(p: Any) -> Any:
    """Coefficients without leading zeros, but for the last."""
    p = np.atleast_1d(as_array(p))
    nonzero = np.flatnonzero(plain(p[:-1]))
    return p[int(nonzero[0]) if nonzero.size else p.shape[0] - 1 :]


@implements(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    """`numpy.polyder`."""
    p = as_array(p)
    for _ in range(m):
        p = p[:-1] * np.arange(p.shape[0] - 1, 0, -1)
    return p


@implements(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """`numpy.polyint`."""
    p = as_array(p)
    constants = np.broadcast_to(0.0 if k is None else k, (m,))
    for constant in constants:
        p = np.concatenate((p / np.arange(p.shape[0], 0, -1), np.reshape(constant, (1,))))
    return p


@implements(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """`numpy.poly` of roots."""
    roots = np.atleast_1d(as_array(seq_of_zeros))
    if roots.ndim != 1:
        missing_rule("numpy.poly of a matrix")
    coefficients = np.ones(1, roots.dtype)
    for root in roots:
        coefficients = np.pad(coefficients, (0, 1)) - root * np.pad(coefficients, (1, 0))
    return coefficients


@implements(np.polyfit)
def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: bool = False) -> Any:
    """`numpy.polyfit`: the coefficients, by least squares."""
    if full or cov:
        missing_rule("numpy.polyfit with full or cov")
    x, y = as_array(x), as_array(y)
    if x.ndim != 1 or not x.size or y.ndim not in (1, 2) or y.shape[0] != x.shape[0] or np.ndim(deg) or deg < 0:
        raise ValueError(
            f"polyfit needs points, as many values and a degree of at least 0, not shapes {x.shape}, {y.shape} and {deg}"
        )
    powers = vander(x, deg + 1)
    if w is not None:
        w = as_array(w)
        powers, y = powers * w[:, None], y * (w if y.ndim == 1 else w[:, None])
    scale = np.sqrt(np.sum(powers**2, axis=0))
    found = np.linalg.lstsq(powers / scale, y, x.shape[0] * np.finfo(float).eps if rcond is None else rcond)[0]
    return (found.T / scale).T
