"""Networks for learners: layers, their passes written down, and training in small batches.

Public names are loaded when first used: who reads a model file needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivkit.networks.architecture import Architecture
    from derivkit.networks.network import Network
    from derivkit.networks.recipe import Recipe
    from derivkit.networks.result import NetworkResult
    from derivkit.networks.run import train_network

__all__ = ["Architecture", "Network", "NetworkResult", "Recipe", "train_network"]

_HOMES = {
    "Architecture": "architecture",
    "Network": "network",
    "NetworkResult": "result",
    "Recipe": "recipe",
    "train_network": "run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'derivkit.networks' has no attribute {name!r}")
    return getattr(import_module(f"derivkit.networks.{_HOMES[name]}"), name)
