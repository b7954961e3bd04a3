"""derivkit: derivatives one can trust.

Public names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivkit.blackbox.check import check_gradient
    from derivkit.fitting.fit import fit
    from derivkit.interface.expression import Expression, from_sympy, parse
    from derivkit.interface.minimization import minimize
    from derivkit.interface.questions import certify, check, health
    from derivkit.prediction import load
    from derivkit.render.plots import plot
    from derivkit.training import train

__version__ = "0.1.0"

__all__ = [
    "Expression",
    "__version__",
    "certify",
    "check",
    "check_gradient",
    "fit",
    "from_sympy",
    "health",
    "load",
    "minimize",
    "parse",
    "plot",
    "train",
]

_HOMES = {
    "Expression": "derivkit.interface.expression",
    "certify": "derivkit.interface.questions",
    "check": "derivkit.interface.questions",
    "fit": "derivkit.fitting.fit",
    "health": "derivkit.interface.questions",
    "check_gradient": "derivkit.blackbox.check",
    "load": "derivkit.prediction",
    "minimize": "derivkit.interface.minimization",
    "parse": "derivkit.interface.expression",
    "plot": "derivkit.render.plots",
    "from_sympy": "derivkit.interface.expression",
    "train": "derivkit.training",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'derivkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
