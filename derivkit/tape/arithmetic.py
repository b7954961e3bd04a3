"""The table's functions of arrays and of tensors: the arithmetic in which rules are evaluated, and recorded if need be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivkit.functions import Row
from derivkit.functions.arithmetic import ArrayArithmetic
from derivkit.tape.elementwise import operation_of
from derivkit.tape.operators import Tensor
from derivkit.tape.spares import computed
from derivkit.tape.tensor import apply


class TensorArithmetic(ArrayArithmetic):
    """NumPy arrays and tensors, mixed."""

    def build(self, row: Row) -> Callable[..., Any]:
        """The row's array routine, recorded where an argument is a tensor."""
        operation = operation_of(row)
        routine = operation.function

        def call(*args: Any) -> Any:
            for arg in args:
                if isinstance(arg, Tensor):
                    return apply(operation, args)
            return computed(routine, args)

        return call

    def power(self, x: Any, y: Any) -> Any:
        """A power; with the exponents that rules make most often spelled out, because powers are slow."""
        if isinstance(y, int | float) and y in _SHORT:
            return _SHORT[y](x)
        return np.power(x, y)


_SHORT: dict[float, Callable[[Any], Any]] = {
    -1: lambda x: 1 / x,
    0: lambda x: 1,
    0.5: np.sqrt,
    1: lambda x: x,
    2: np.square,
}

TENSORS = TensorArithmetic()
