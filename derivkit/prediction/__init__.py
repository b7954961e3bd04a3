"""Models that were fitted: kept in files, shown as formulas, asked for predictions, and judged on other rows."""

from __future__ import annotations

from derivkit.prediction.answers import Evaluation, Predictions
from derivkit.prediction.file import Model, load
from derivkit.prediction.formula import FormulaModel
from derivkit.prediction.network import NetworkModel
from derivkit.prediction.trained import TrainedModel

__all__ = ["Evaluation", "FormulaModel", "Model", "NetworkModel", "Predictions", "TrainedModel", "load"]
