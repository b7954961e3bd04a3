"""What tensors may hold: real numbers in plain arrays."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np


def real(data: Any, *, copy: bool = False) -> Any:
    """Data as an array of floats, or a NumPy float.

    Raises
    ------
    TypeError
        If they are complex, or no numbers, or arrays with another arithmetic.
    """
    refuse_special(data)
    try:
        array = np.array(data) if copy else np.asarray(data)
    except ValueError as problem:
        raise TypeError(f"a tensor needs numbers in a rectangular array: {problem}") from None
    if array.dtype.kind == "c":
        refuse_complex()
    if array.dtype.kind in "iub":
        array = array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"a tensor needs numbers, not {array.dtype}")
    return array if array.ndim else array[()]


def refuse_complex() -> NoReturn:
    """Raise the error for numbers that are not real."""
    raise TypeError("tensors are real: complex numbers are not supported; differentiate by the real and the imaginary part")


def read_only(data: Any) -> Any:
    """A view into which nothing can be written."""
    if isinstance(data, np.ndarray):
        data = data.view()
        data.flags.writeable = False
    return data


def refuse_special(data: Any) -> None:
    """Raise the error for arrays whose arithmetic is not that of arrays."""
    if isinstance(data, np.ma.MaskedArray):
        raise TypeError("masked arrays are not supported with tensors: use m.filled(value), or np.where(mask, ..., t)")
    if isinstance(data, np.matrix):
        raise TypeError("numpy.matrix is not supported with tensors: use np.asarray(m), and @ for products of matrices")
