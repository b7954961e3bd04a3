"""The steps from data to a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivkit.data.table import Data
from derivkit.data.words import listed
from derivkit.networks.architecture import Architecture
from derivkit.networks.history import Epoch
from derivkit.networks.network import Network
from derivkit.networks.passes import passes
from derivkit.networks.recipe import Recipe
from derivkit.networks.result import NetworkResult
from derivkit.networks.rows import Dealt, dealt, design_of, is_made, place_of, table_of
from derivkit.networks.scores import metrics
from derivkit.networks.training import train
from derivkit.optimize.minimum import Progress
from derivkit.optimize.settings import Settings


def train_network(
    architecture: str,
    data: Data,
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    activation: str = "tanh",
    batch_norm: bool = False,
    dropout: float = 0.0,
    test: float | None = None,
    row: int | None = None,
    rows: int | None = None,
    noise: float | None = None,
    arms: int | None = None,
    optimizer: str = "adam",
    lr: float | None = None,
    schedule: str | None = None,
    momentum: float | None = None,
    batch_size: int | None = None,
    epochs: int | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    early_stop: int | None = None,
    validation: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> NetworkResult:
    """Write down both passes of a network, check its gradient against finite differences, and train it.

    Inputs, and a target of numbers, are standardized by the training rows: the network computes in these units.

    Parameters
    ----------
    architecture : str
        Widths from the inputs to the outputs, as "2-3-1". One output for numbers and for two classes, else one a class.
    data : path, binary stream, mapping of str to sequence, or str
        A CSV or Parquet file, columns of one length, or the name of data that are made: "xor", "spiral", "circles", "moons".
    target : str, optional
        Else a column called y, target or label, else the last one. Words, and numbers of two values, are classes.
    features : sequence of str, optional
        All other columns by default.
    activation : str
        "tanh", "relu" or "sigmoid".
    batch_norm : bool
    dropout : float
        The part of each hidden layer's units that is left out at random in a step.
    test : float, optional
        The part of the rows that is kept from the training, to test it; by default a fifth, of fewer than 20 rows none.
    row : int, optional
        Whose passes are written down, from 1; the first by default.
    rows, noise, arms
        Of data that are made: how many, how far from their places, arms of the spiral.
    optimizer : str
        "adam", "gd", "momentum", ...; or "lbfgs", "bfgs", "cg", which take all rows at every step.
    lr : float, optional
        The learning rate; by default one that suits the optimizer.
    schedule : str, optional
        What becomes of it, as "cosine:2000" or "step:500,0.5", counted in steps.
    momentum : float, optional
        How much of past gradients is kept at a step.
    batch_size : int, optional
        Rows in a step, 32 by default; lbfgs, bfgs and cg take all.
    epochs : int, optional
        How often all rows are gone through; by default for about 2,000 steps (of those on all rows 200), and at least 100.
    l1, l2 : float
        Added to the mean loss: l1 * sum of absolute weights + l2/2 * sum of their squares, biases left out.
    clip_norm, clip_value : float, optional
        The longest gradient, and its largest entry, that a step may follow.
    early_stop : int, optional
        Stop when the loss of a validation part has not fallen for so many epochs, and keep the weights that were best by it.
    validation : float, optional
        The part of the training rows that is kept for that, a fifth by default.
    seed : int
        Of data that are made, the parts, the first weights, the order of rows, and dropout.
    progress : callable, optional
        Told the number of epochs done and the loss of the training rows.

    Returns
    -------
    NetworkResult

    Raises
    ------
    UsageError
        If the architecture cannot be read or does not fit the data, or an option is not allowed.
    FileError, DataError
        If the data cannot be used.

    Examples
    --------
    >>> from derivkit.networks import train_network
    >>> found = train_network("2-3-1", "xor", seed=1)
    >>> found.network.predict([[0, 0], [0, 1], [1, 0], [1, 1]])
    array([0, 1, 1, 0])
    """
    wanted = Architecture.of(architecture, activation=activation, batch_norm=batch_norm, dropout=dropout)
    settings = Settings.of(schedule, rate=lr, momentum=momentum, clip_norm=clip_norm, clip_value=clip_value)
    chosen = Recipe(optimizer, settings, batch_size, epochs, l1, l2, early_stop, validation, seed)
    chosen.require_fitting(wanted)
    table = table_of(data, rows=rows, noise=noise, arms=arms, seed=seed)
    design = design_of(table, wanted, target, features, classes=is_made(data))
    return train_dealt(dealt(design, test=test, validation=chosen.share, seed=seed), wanted, chosen, row, progress)


def train_dealt(
    found: Dealt, architecture: Architecture, recipe: Recipe, row: int | None = None, progress: Progress | None = None
) -> NetworkResult:
    """Train a network on the rows of a design, which are dealt out already: as `train_network`.

    Parameters
    ----------
    found : Dealt
        With validation rows, the weights that are best by these are kept.
    architecture : Architecture
        Its output is made to fit the target.
    recipe : Recipe
    row : int, optional
    progress : callable, optional

    Returns
    -------
    NetworkResult

    Raises
    ------
    UsageError
        If the architecture does not fit the data.
    DataError
        If there is no such row.
    """
    design, place = found.design, place_of(found.design, row)
    start = found.untrained(architecture, recipe.seed)
    x, y = found.of(slice(place, place + 1))
    written = passes(start.architecture, start.weights, start.averages, start.rows(x, y))
    trained = train(start, found.parts(start), recipe, progress)
    n = len(found.train)
    return NetworkResult(
        start=start, network=trained.network, recipe=recipe, batch_size=recipe.batch(n), epochs=recipe.rounds(n),
        row=found.numbers(slice(place, place + 1))[0], given=tuple(x[0].tolist()), passes=written,
        gradient_check=trained.gradient_check, history=trained.history, kept=trained.kept, steps=trained.steps,
        outcome=trained.outcome, reason=trained.reason, metrics=_metrics(trained.network, found), dealt=found,
        warnings=(*design.warnings, *_constant(found), *_risen(trained.history)), notes=(*design.notes, *found.notes),
    )  # fmt: skip


def _constant(found: Dealt) -> tuple[str, ...]:
    """The warning of inputs from which nothing can be learned."""
    import numpy as np

    x, _ = found.of(found.train)
    names = [name for name, constant in zip(found.design.names, np.all(x == x[0], axis=0), strict=True) if constant]
    if not names:
        return ()
    what, it = ("is", "it") if len(names) == 1 else ("are", "them")
    return (f"{listed(names, 4)} {what} constant in the training rows: nothing is learned of {it}, and other values mislead",)


def _risen(history: Sequence[Epoch]) -> tuple[str, ...]:
    """The warning of a training that did harm."""
    if not history or not history[-1].train.loss > history[0].train.loss:
        return ()
    return ("the loss ended above where it began: try a smaller --lr",)


def _metrics(network: Network | None, found: Dealt) -> dict[str, dict[str, Any] | None]:
    """How good the network is on each part of the rows, in the user's units."""
    places = {"train": found.train, "validation": found.validation, "test": found.test}
    return {
        name: None if network is None or place is None else metrics(network, *found.of(place)) for name, place in places.items()
    }
