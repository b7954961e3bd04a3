"""Training in batches: the loop of all descents, on a loss that changes from step to step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from derivkit.blackbox.result import GradientVerdict
from derivkit.networks.forward import Averages
from derivkit.networks.gradient import checked
from derivkit.networks.history import Epoch
from derivkit.networks.initial import BATCHES, DROPOUT, generator
from derivkit.networks.minimizer import minimized
from derivkit.networks.network import Network
from derivkit.networks.objective import Objective, Rows
from derivkit.networks.recipe import Recipe
from derivkit.networks.scores import score
from derivkit.optimize.epochs import Batches, Patience
from derivkit.optimize.loop import Stuck
from derivkit.optimize.minimum import Progress
from derivkit.optimize.outcome import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

RAN_AWAY = (Outcome.DIVERGED, Outcome.OUT_OF_DOMAIN, Outcome.UNBOUNDED)  # a loss of a network has a value everywhere


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Standardized rows, by what they are for."""

    train: Rows
    validation: Rows | None = None
    test: Rows | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What training found.

    Attributes
    ----------
    network : Network or None
        None where the gradient is not right, or the loss left the range of numbers.
    gradient_check : GradientVerdict
        Before the first step.
    history : tuple of Epoch
        The start included.
    kept : int or None
        The epoch whose weights the network has.
    steps : int
    outcome : Outcome or None
        Converged, if training stopped early; budget, if all epochs were gone through; diverged; None where it never began.
    reason : str
    """

    network: Network | None
    gradient_check: GradientVerdict
    history: tuple[Epoch, ...]
    kept: int | None
    steps: int
    outcome: Outcome | None
    reason: str


def train(start: Network, parts: Parts, recipe: Recipe, progress: Progress | None = None) -> Trained:
    """Check the gradient of a network, and train it.

    Parameters
    ----------
    start : Network
    parts : Parts
        With a validation part, training can stop early, and the best weights by it are kept.
    recipe : Recipe
    progress : callable, optional
        Told the number of epochs done and the loss of the training rows.

    Returns
    -------
    Trained

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.networks.architecture import Architecture
    >>> network = Network.untrained(Architecture.of("1-1"), seed=0)
    >>> rows = Rows(np.array([[-1.0], [0.0], [1.0]]), np.array([-2.0, 0.0, 2.0]))
    >>> found = train(network, Parts(rows), Recipe(optimizer="gd"))
    >>> found.network.predict([[3.0]]).round(6)
    array([6.])
    """
    objective = Objective(start.architecture, recipe.l1, recipe.l2)
    verdict = checked(objective, start.weights, parts.train, recipe.seed)
    if verdict.verdict != "agree":
        return Trained(None, verdict, (), None, 0, None, f"not started: {verdict.message}")
    with np.errstate(all="ignore"):  # of losses that run away, which are told of
        return _Training(start, parts, recipe, objective, progress).run(verdict)


class _Training:
    """One training: the batches, the epochs, and the best weights so far."""

    def __init__(self, start: Network, parts: Parts, recipe: Recipe, objective: Objective, progress: Progress | None) -> None:
        self.start, self.parts, self.recipe, self.objective, self.progress = start, parts, recipe, objective, progress
        n = len(parts.train)
        fewest = 1 + start.architecture.batch_norm  # one row has no variance
        self.batches = Batches(n, recipe.batch(n), generator(recipe.seed, BATCHES), fewest=fewest)
        self.dropout = generator(recipe.seed, DROPOUT)
        self.averages: Averages = start.averages  # after the steps that are done
        self.next: Averages = start.averages  # with the batch that was looked at last, whose step is not taken yet
        self.history: list[Epoch] = []
        self.patience: Patience[Network] = Patience(recipe.patience)

    def run(self, verdict: GradientVerdict) -> Trained:
        """Train, and say what came of it."""
        rounds = self.recipe.rounds(len(self.parts.train))
        found = minimized(self.recipe, self, self.start.weights, self.watch, rounds * self.batches.count)
        if found.outcome in RAN_AWAY:
            rate = self.recipe.paced.rate
            cause = "" if rate is None else f": a learning rate of {rate:g} is too large"
            reason = f"the loss ran away in step {found.iterations + 1:,}{cause}"
            return Trained(None, verdict, tuple(self.history), None, found.iterations, Outcome.DIVERGED, reason)
        all_gone = found.outcome is Outcome.BUDGET
        gone = f"all {rounds:,} epochs were" if rounds > 1 else "the only epoch was"
        reason = f"{gone} gone through" if all_gone else found.reason
        network, kept = self.patience.kept, self.patience.epoch
        if network is None:
            network, kept = self.start.trained(found.x, self.averages), self.history[-1].number
        return Trained(network, verdict, tuple(self.history), kept, found.iterations, found.outcome, reason)

    def __call__(self, weights: Vector) -> tuple[float, Vector]:
        """The objective on the next batch."""
        self.averages = self.next
        rows = self.parts.train.at(self.batches.following())
        value, gradient, self.next = self.objective.value_and_gradient(weights, self.averages, rows, self.dropout)
        return value, gradient

    def watch(self, step: int, place: Any) -> None:
        """At the end of an epoch, look at all rows; stop where that is time."""
        if step % self.batches.count:
            return
        number = step // self.batches.count
        network, parts = self.start.trained(place.x, self.averages), self.parts
        validation, test = (None if rows is None else score(network, rows) for rows in (parts.validation, parts.test))
        epoch = Epoch(number, score(network, parts.train), validation, test)
        self.history.append(epoch)
        if not math.isfinite(epoch.train.loss):
            raise Stuck(Outcome.DIVERGED, "the loss left the range of numbers")
        if self.progress is not None and number:
            self.progress(number, epoch.train.loss)
        if validation is not None:
            self.patience.judge(number, validation.loss, network)
