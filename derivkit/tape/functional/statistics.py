"""Special functions that SciPy offers as Python functions, which turn tensors into plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivkit.tape.arithmetic import TENSORS
from derivkit.tape.build import as_array


def gammaln(x: Any) -> Any:
    """The logarithm of the gamma function of positive numbers.

    Examples
    --------
    >>> from derivkit.tape.functional import gammaln
    >>> float(gammaln(5.0)) == float(np.log(24.0))
    True
    """
    return TENSORS.loggamma(as_array(x))


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of the digamma function (DLMF 5.15), as `scipy.special.polygamma`.

    Examples
    --------
    >>> from derivkit import tape
    >>> round(float(tape.functional.polygamma(1, 1.0)), 12)  # pi^2/6
    1.644934066848
    """
    return TENSORS.polygamma(n, as_array(x))


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the multivariate gamma function (Abramowitz and Stegun 26.7.9 ff.), as `scipy.special.multigammaln`.

    Parameters
    ----------
    a : array_like
        Greater than (d - 1)/2.
    d : int
        The dimension.

    Raises
    ------
    ValueError
        If the dimension is no positive whole number.

    Examples
    --------
    >>> from derivkit.tape.functional import gammaln, multigammaln
    >>> bool(multigammaln(2.5, 1) == gammaln(2.5))
    True
    """
    if d != int(d) or d < 1:
        raise ValueError(f"multigammaln: the dimension is a positive whole number, and is {d}")
    shifts = -np.arange(int(d)) / 2
    return d * (d - 1) / 4 * float(np.log(np.pi)) + np.sum(gammaln(np.expand_dims(as_array(a), -1) + shifts), axis=-1)


def lambertw(x: Any) -> Any:
    """The upper branch of Lambert's W of real numbers (DLMF 4.13), NaN below -1/e.

    Examples
    --------
    >>> from derivkit import tape
    >>> float(tape.functional.lambertw(np.e))
    1.0
    """
    return TENSORS.lambertw(as_array(x))
