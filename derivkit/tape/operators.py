"""The operators and methods of tensors, from NumPy's functions of the same names."""

from __future__ import annotations

import operator
from typing import Any, NoReturn

import numpy as np

from derivkit.tape.elementwise import ELEMENTWISE
from derivkit.tape.operations.indexing import index
from derivkit.tape.protocol import array_function, array_ufunc
from derivkit.tape.tensor import Tensor as Tensor
from derivkit.tape.tensor import apply, plain

BINARY: dict[str, Any] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "pow": np.power,
    "mod": np.remainder,
    "floordiv": np.floor_divide,
}
UNARY: dict[str, Any] = {"neg": np.negative, "abs": np.absolute, "pos": np.positive}
COMPARISONS: dict[str, Any] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
METHODS = (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "clip", "copy", "cumprod", "cumsum", "diagonal", "dot", "max",
    "mean", "min", "nonzero", "prod", "ravel", "repeat", "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take",
    "trace", "var",
)  # fmt: skip
IN_PLACE = {
    "sort": "np.sort(t)",
    "partition": "np.partition(t, k)",
    "fill": "np.full_like(t, value)",
    "put": "np.where(mask, new, t)",
    "resize": "np.resize(t, shape)",
    "setfield": "np.where(mask, new, t)",
    "setflags": "t.numpy()",
    "byteswap": "t.numpy()",
}  # methods that write into an array, and what gives a new one


_OPERANDS = (Tensor, np.ndarray, np.generic, float, int, complex, list, tuple)  # complex: for a better error


def _binary(ufunc: Any) -> tuple[Any, Any]:
    operation = ELEMENTWISE[ufunc]

    def forward(self: Tensor, other: Any) -> Any:
        return apply(operation, (self, other)) if isinstance(other, _OPERANDS) else NotImplemented

    def reflected(self: Tensor, other: Any) -> Any:
        return apply(operation, (other, self)) if isinstance(other, _OPERANDS) else NotImplemented

    return forward, reflected


def _comparison(compare: Any) -> Any:
    return lambda self, other: compare(self._array, plain(other))


def _power(self: Tensor, exponent: Any) -> Any:
    if isinstance(exponent, int | float):
        if exponent == 2:
            return apply(ELEMENTWISE[np.square], (self,))
        if exponent == 0.5:
            return apply(ELEMENTWISE[np.sqrt], (self,))
    return apply(ELEMENTWISE[np.power], (self, exponent)) if isinstance(exponent, _OPERANDS) else NotImplemented


def _method(name: str) -> Any:
    function = getattr(np, name)

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, f"`numpy.{name}` of this tensor."
    return method


def _reshape(self: Tensor, *shape: Any, order: Any = "C") -> Any:
    """`numpy.reshape` of this tensor, to a shape given as one tuple or as several lengths."""
    return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)


def _transpose(self: Tensor, *axes: Any) -> Any:
    """`numpy.transpose` of this tensor, by axes given as one tuple or one by one."""
    return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)


def _flatten(self: Tensor, order: Any = "C") -> Any:
    """The elements along one axis."""
    return np.ravel(self, order)


def _astype(self: Tensor, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True) -> Any:
    """The elements as another type of float."""
    from derivkit.tape.operations.shapes import astype

    return astype(self, dtype)


def _compress(self: Tensor, condition: Any, axis: int | None = None, out: None = None) -> Any:
    """`numpy.compress` of this tensor."""
    return np.compress(condition, self, axis)


def _conjugate(self: Tensor) -> Any:
    """The tensor itself, because it is real."""
    return self


def _writing(name: str, instead: str) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{name} writes into an array, but the values of tensors may be recorded; use {instead}")

    method.__name__, method.__doc__ = name, "Refused: tensors cannot be written into."
    return method


def _missing(self: Tensor, name: str) -> NoReturn:
    """Say where an attribute of arrays is, which tensors have not."""
    hint = f"; the array does: t.numpy().{name}" if hasattr(np.ndarray, name) and not name.startswith("_") else ""
    raise AttributeError(f"a tensor has no attribute {name!r}{hint}", name=name, obj=self)


def install() -> None:
    """Give tensors their operators and methods."""
    for name, ufunc in BINARY.items():
        forward, reflected = _binary(ufunc)
        setattr(Tensor, f"__{name}__", forward)
        setattr(Tensor, f"__r{name}__", reflected)
    for name, ufunc in UNARY.items():
        operation = ELEMENTWISE[ufunc]
        setattr(Tensor, f"__{name}__", lambda self, operation=operation: apply(operation, (self,)))
    for name, ufunc in COMPARISONS.items():
        setattr(Tensor, f"__{name}__", _comparison(ufunc))
    for name in METHODS:
        setattr(Tensor, name, _method(name))
    for name, special in (
        ("array_ufunc", array_ufunc),
        ("array_function", array_function),
        ("getitem", index),
        ("pow", _power),
        ("matmul", lambda self, other: np.matmul(self, other)),
        ("rmatmul", lambda self, other: np.matmul(other, self)),
        ("divmod", lambda self, other: np.divmod(self, other)),
        ("rdivmod", lambda self, other: np.divmod(other, self)),
        ("round", lambda self, ndigits=0: np.round(self, ndigits)),
        ("delitem", lambda self, key: self.__setitem__(key, None)),
    ):
        setattr(Tensor, f"__{name}__", special)
    for method in (_reshape, _transpose, _flatten, _astype, _compress, _conjugate):
        setattr(Tensor, method.__name__[1:], method)
    for name, instead in IN_PLACE.items():
        setattr(Tensor, name, _writing(name, instead))
    for name, read in (
        ("mT", np.matrix_transpose),
        ("flat", np.ravel),
        ("real", _conjugate),
        ("imag", np.zeros_like),
        ("nbytes", lambda self: self._array.nbytes),
        ("itemsize", lambda self: self._array.itemsize),
    ):
        setattr(Tensor, name, property(read, doc=f"As `numpy.ndarray.{name}`."))
    Tensor.conj = _conjugate  # type: ignore[attr-defined]  # under both names, as arrays have it
    Tensor.__getattr__ = _missing  # type: ignore[attr-defined]  # asked only for what is not found


install()
