"""Coefficients of models that differ in the strength of their penalty, made comparable."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from derivkit.training.mlp import TrainedNetwork
    from derivkit.training.result import TrainResult

Key = tuple[str, Any]  # the name of a coefficient, and its class


def comparable(result: TrainResult | TrainedNetwork) -> Mapping[Key, float | None]:
    """The coefficients by name and class, those of softmax moved so that they sum to zero over the classes.

    Without a penalty the first class is the baseline, with one all classes have coefficients: the probabilities are those of both.

    Examples
    --------
    >>> from derivkit.training import train
    >>> found = train({"x": [1, 2, 3, 4, 5, 6], "y": ["a", "b", "a", "b", "a", "b"]}, model="softmax")
    >>> [name for name, label in comparable(found) if label == "a"]
    ['intercept', 'x']
    """
    found = {(c.name, c.class_): c.estimate for c in result.coefficients}
    if result.family != "softmax" or any(c.class_ == (result.classes or ())[0] for c in result.coefficients):
        return found
    names, classes = dict.fromkeys(name for name, _ in found), result.classes or ()
    return {(name, label): _centered(found, name, label, classes) for label in classes for name in names}


def _centered(found: Mapping[Key, float | None], name: str, label: Any, classes: tuple[Any, ...]) -> float | None:
    every = [found.get((name, each), 0.0) for each in classes]
    if any(estimate is None for estimate in every):
        return None
    return (every[classes.index(label)] or 0.0) - math.fsum(each or 0.0 for each in every) / len(classes)


def size(result: TrainResult | TrainedNetwork) -> float | None:
    """The length of the vector of coefficients that the penalty is for: without intercepts or biases, in the user's units.

    Examples
    --------
    >>> from derivkit.training import train
    >>> size(train({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 6.0]}, model="linear"))
    2.5
    """
    penalized = [each for (name, _), each in comparable(result).items() if result.penalizes(name)]
    return None if any(each is None for each in penalized) else math.hypot(*(each or 0.0 for each in penalized))
