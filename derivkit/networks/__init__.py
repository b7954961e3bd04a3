"""Networks for learners: layers, their passes written down, and training in small batches."""

from __future__ import annotations

from derivkit.networks.architecture import Architecture
from derivkit.networks.network import Network
from derivkit.networks.recipe import Recipe
from derivkit.networks.result import NetworkResult
from derivkit.networks.run import train_network

__all__ = ["Architecture", "Network", "NetworkResult", "Recipe", "train_network"]
