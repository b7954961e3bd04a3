"""Rows with all kinds of columns, and a model of every family trained on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import derivkit as dk

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
CARS, ORING, TRIAL, MISRA = (SAMPLES / f"{name}.csv" for name in ("cars", "oring", "trial", "misra1a"))
RNG = np.random.default_rng(7)
X = RNG.normal(size=(60, 2))
MIXED = {
    "dose (mg)": X[:, 0].tolist(),
    "größe": X[:, 1].tolist(),
    "colour": np.array(["red", "blue", "green"])[RNG.integers(0, 3, 60)].tolist(),
    "kind": np.array(["b", "c", "a"])[RNG.integers(0, 3, 60)].tolist(),
    "number": np.array([1.5, 2, 10])[RNG.integers(0, 3, 60)].tolist(),
    "count": RNG.poisson(np.exp(0.5 * X[:, 0] + 1)).tolist(),
    "y": (1 + 2 * X[:, 0] - X[:, 1] + RNG.normal(size=60)).tolist(),
}
FEATURES = ["dose (mg)", "größe", "colour"]
MODELS = {
    "linear": {"model": "linear"},
    "linear without intercept": {"model": "linear", "intercept": False},
    "robust": {"model": "linear", "robust": True},
    "ridge": {"model": "ridge", "l2": 0.1},
    "lasso": {"model": "lasso", "l1": 0.5},
    "elasticnet": {"model": "elasticnet", "l1": 0.1, "l2": 0.1},
    "polynomial": {"model": "polynomial", "degree": 3},
    "logistic": {"model": "logistic", "target": "binary"},
    "softmax": {"model": "softmax", "target": "kind"},
    "softmax of numbers": {"model": "softmax", "target": "number"},
    "softmax, penalized": {"model": "softmax", "target": "kind", "l2": 0.1},
    "poisson": {"model": "poisson", "target": "count"},
    "gamma": {"model": "gamma", "target": "positive"},
    "huber": {"model": "huber"},
    "quantile": {"model": "quantile", "tau": 0.3},
    "own": {"loss": "log(cosh(y - eta))"},
    "tested": {"model": "linear", "test": 0.25, "seed": 3},
    "referred": {"model": "linear", "reference": {"colour": "green"}},
}
MIXED["positive"] = np.exp(MIXED["y"]).tolist()
MIXED["binary"] = [int(value > 0) for value in X[:, 0] + RNG.normal(size=60)]


def trained(name: str) -> Any:
    options = {"target": "y", "features": FEATURES, **MODELS[name]}
    return dk.train(MIXED, **options)
