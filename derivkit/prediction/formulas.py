"""What a trained model says, as formulas in derivkit's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from derivkit.data.schema import INTERCEPT, Schema
from derivkit.models.powers import power_names
from derivkit.prediction.answers import Class
from derivkit.prediction.link import Link
from derivkit.prediction.wording import Output, safe_names, weighted_sum

KEPT_NAMES = ("eta", "y")  # of a linear predictor and a response


@dataclass(frozen=True)
class Formulas:
    """Linear predictors, and predictions in terms of them.

    Attributes
    ----------
    schema : Schema
    powers : mapping of str to int
        Columns of the design that go beyond the first power, and how far.
    link : Link
    weights : tuple of tuple of float
        The coefficients of every linear predictor.
    """

    schema: Schema
    powers: Mapping[str, int]
    link: Link
    weights: tuple[tuple[float, ...], ...]

    @cached_property
    def variables(self) -> dict[str, str]:
        """The names that formulas have for columns of the design."""
        columns = [name for name in self.schema.names if name != INTERCEPT]
        return safe_names(columns, [*KEPT_NAMES, *self.link.predictors])

    def legend(self) -> dict[str, str]:
        """What formulas' names stand for, where it is not the column of that name."""
        levels = {name: (v.name, level) for v in self.schema.features for name, level in zip(v.names, v.coded, strict=False)}
        said = {name: f"1 where {levels[name][0]} is {levels[name][1]}, else 0" for name in levels}
        return {
            short: said.get(name, f"the column {name}") for name, short in self.variables.items() if name in said or short != name
        }

    def terms(self, names: Mapping[str, str]) -> list[str]:
        """The terms of a linear predictor, with these names for columns; "" is the constant."""
        shorts = ["" if name == INTERCEPT else names[name] for name in self.schema.names]
        return list(power_names(shorts, [self.powers.get(name, 1) for name in self.schema.names]))

    def predictors(self) -> dict[str, str]:
        """Every linear predictor as text."""
        terms = self.terms(self.variables)
        return {name: weighted_sum(own, terms) for name, own in zip(self.link.predictors, self.weights, strict=True)}

    def texts(self) -> dict[str, str]:
        """What the model says: every linear predictor, then every prediction in terms of them."""
        return {**self.predictors(), **{self.label(label): text for label, text in self.link.texts.items()}}

    def outputs(self) -> list[Output]:
        """What the model gives, as formulas of columns: the prediction, or the probability of every class."""
        from derivkit.expression.parser import parse

        whole = self.predictors()
        return [
            Output(self.label(label), label, text, parse(self.link.written(label, whole)).graph)
            for label, text in self.link.texts.items()
        ]

    def label(self, class_: Class | None) -> str:
        """What a prediction is called: the target, or the probability of a class."""
        return self.schema.target if class_ is None else f"P({self.schema.target} = {class_})"
