"""Networks trained on tables: `train` with the model "mlp"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivkit.blackbox.result import GradientVerdict
from derivkit.data.design import build_design
from derivkit.data.roles import choose
from derivkit.data.table import Data, read_table
from derivkit.errors import UsageError
from derivkit.models.inference import Coefficient
from derivkit.models.named import NETWORK
from derivkit.networks.architecture import Architecture
from derivkit.networks.recipe import Recipe
from derivkit.networks.result import NetworkResult
from derivkit.networks.rows import dealt, of_classes
from derivkit.networks.run import train_dealt
from derivkit.optimize.minimum import Progress
from derivkit.training.options import flag_of, settings_of

if TYPE_CHECKING:
    from derivkit.prediction import NetworkModel

HIDDEN = (16,)


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network that was trained on a table, or why there is none.

    Attributes
    ----------
    network : NetworkResult
        How it was trained: rows, passes, history.
    options : mapping
        What was asked for.
    compared : tuple of TrainedNetwork
        One for every strength of the penalty, where several were asked for; this one's first.
    """

    network: NetworkResult
    options: Mapping[str, Any]
    compared: tuple[TrainedNetwork, ...] = ()

    model = family = NETWORK
    folds = None

    @property
    def l2(self) -> float:
        """The strength of the penalty."""
        return self.network.recipe.l2

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """Every weight by its name, of standardized inputs; without an estimate where there is no network."""
        if self.network.network is None:
            return tuple(Coefficient(name, None, None) for name in self.network.start.parameters)
        return tuple(Coefficient(name, None, weight) for name, weight in self.network.network.parameters.items())

    def penalizes(self, name: str) -> bool:
        """Whether a penalty counts the weight of this name."""
        return name.startswith("W")

    @property
    def loss(self) -> float | None:
        """The mean loss of the training rows and the penalty, at the end."""
        found = self.network
        if found.network is None or found.kept is None:
            return None
        weights = [abs(each) for name, each in found.network.parameters.items() if self.penalizes(name)]
        penalty = found.recipe.l1 * math.fsum(weights) + found.recipe.l2 / 2 * math.fsum(each**2 for each in weights)
        return found.history[found.kept].train.loss + penalty

    @property
    def converged(self) -> bool:
        """Whether the training ended as it was asked to: all epochs, or an early stop."""
        return self.network.network is not None

    @property
    def reason(self) -> str:
        """How it ended, in one sentence."""
        return self.network.reason

    @property
    def classes(self) -> tuple[Any, ...] | None:
        """Sorted; None for numbers."""
        return self.network.classes

    @property
    def metrics(self) -> Mapping[str, Mapping[str, Any] | None]:
        """Of "train", "validation" and "test"; None where there are no such rows."""
        return self.network.metrics

    @property
    def gradient_check(self) -> GradientVerdict:
        """Before the first step."""
        return self.network.gradient_check

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about the data."""
        return self.network.warnings

    def to_model(self) -> NetworkModel:
        """The network by itself: to predict with, to judge on other rows, to keep in a file.

        Raises
        ------
        UsageError
            If there is none, because training failed.
        """
        from derivkit import __version__
        from derivkit.prediction import NetworkModel
        from derivkit.prediction.origin import Origin, checked, plain

        found, design = self.network, self.network.dealt.design
        if found.network is None:
            raise UsageError(f"there is no model: {found.reason}", hint="try a smaller --lr")
        origin = Origin(
            __version__, found.n_rows, design.n_dropped, len(found.test_rows), found.steps, found.reason, plain(self.options),
            checked(found.gradient_check),
        )  # fmt: skip
        return NetworkModel(found.network, design.schema, found.recipe.l1, found.recipe.l2, origin)

    def save(self, path: str | Path) -> None:
        """Keep the model in a file of plain JSON; on any failure the old file stays whole.

        Raises
        ------
        UsageError
            If there is no model.
        FileError
            If the file cannot be written.
        """
        from derivkit.prediction.file import save_model

        save_model(self.to_model(), path)


def train_layers(
    data: Data,
    layers: Mapping[str, Any],
    strengths: Sequence[float | None],
    given: Mapping[str, Any],
    coding: Mapping[str, Any],
    options: Mapping[str, Any],
    progress: Progress | None = None,
) -> TrainedNetwork:
    """Train a network on a table, once for every strength of the penalty.

    Parameters
    ----------
    data : path, binary stream, or mapping of str to sequence
    layers : mapping
        `hidden`, `activation`, `dropout` and `batch_norm`; None where not given.
    strengths : sequence of float or None
        Of l2.
    given : mapping
        `l1`, and what networks do not take; None where not given.
    coding : mapping
        `target`, `features`, `intercept`, `impute` and `reference`.
    options : mapping
        As `train` takes them.
    progress : callable, optional

    Raises
    ------
    UsageError
        If options do not fit together.
    FileError, DataError
        If the data cannot be used.
    """
    _refuse(given, coding, options)
    recipes = [_recipe(options, l1=given["l1"] or 0.0, l2=strength or 0.0) for strength in strengths]
    table = read_table(data)
    classes = of_classes(table, choose(table, coding["target"], coding["features"]).target)
    design = build_design(table, **{**coding, "intercept": False}, classes=classes, several=True)
    found = dealt(design, test=options["test"], validation=recipes[0].share, seed=options["seed"])
    if coding["impute"]:
        found = replace(found, design=design.refilled(found.train))
    architecture = _architecture(layers, len(design.names), len(design.classes or ()))
    recipes[0].require_fitting(architecture)
    results = tuple(TrainedNetwork(train_dealt(found, architecture, recipe, progress=progress), options) for recipe in recipes)
    return replace(results[0], compared=results if len(results) > 1 else ())


def _architecture(layers: Mapping[str, Any], inputs: int, classes: int) -> Architecture:
    hidden = HIDDEN if layers["hidden"] is None else layers["hidden"]
    if isinstance(hidden, int | str):
        raise UsageError(
            f"hidden={hidden!r}: the widths of the hidden layers are a sequence", hint="write hidden=[16, 8], or [16] for one"
        )
    widths = (inputs, *hidden, classes if classes > 2 else 1)
    chosen = {name: value for name, value in layers.items() if name != "hidden" and value is not None}
    return Architecture.of("-".join(map(str, widths)), **chosen)


def _recipe(options: Mapping[str, Any], *, l1: float, l2: float) -> Recipe:
    names = {"batch_size": "batch_size", "epochs": "epochs", "patience": "early_stop", "validation": "validation", "seed": "seed"}
    chosen: dict[str, Any] = {name: options[key] for name, key in names.items() if options[key] is not None}
    if options["optimizer"] != "auto":
        chosen["optimizer"] = options["optimizer"]
    return Recipe(settings=settings_of(options), l1=l1, l2=l2, **chosen)


def _refuse(given: Mapping[str, Any], coding: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Refuse what networks do not take."""
    wrong = {name: value for name, value in given.items() if name != "l1"}
    wrong |= {name: options[name] for name in ("folds", "importance", "robust", "memory", "steps")}
    wrong["no_intercept"] = not coding["intercept"]
    for name, value in wrong.items():
        if value:
            raise UsageError(f"{NETWORK} takes no {flag_of(name)}", hint="leave it out")
