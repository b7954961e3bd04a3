"""Training: a table, a model family and a minimizer make a result."""

from __future__ import annotations

from derivkit.training.result import TrainResult
from derivkit.training.run import train

__all__ = ["TrainResult", "train"]
