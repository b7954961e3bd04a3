"""Reverse mode on plain NumPy code, and on expression graphs.

`Tensor` records what NumPy does to it; `grad`, `jacobian` and the other transforms differentiate functions of arrays. `sweep.py`,
`differentiate.py` and `trace.py` do the same for expression graphs, without NumPy. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivkit.tape import functional
    from derivkit.tape.build import array
    from derivkit.tape.custom import custom
    from derivkit.tape.node import no_grad
    from derivkit.tape.tensor import Tensor
    from derivkit.tape.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__all__ = [
    "Tensor",
    "array",
    "custom",
    "functional",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "value_and_grad",
    "vjp",
]

_HOMES = {
    "Tensor": "operators",
    "array": "build",
    "custom": "custom",
    "no_grad": "node",
    **dict.fromkeys(("grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"), "transforms"),
}


def __getattr__(name: str) -> Any:
    if name == "functional":
        return import_module("derivkit.tape.functional")
    if name not in _HOMES:
        raise AttributeError(f"module 'derivkit.tape' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"derivkit.tape.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
