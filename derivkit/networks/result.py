"""What training a network answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derivkit.blackbox.result import GradientVerdict
from derivkit.networks.architecture import Architecture
from derivkit.networks.history import Epoch, Overfit, overfit
from derivkit.networks.network import Network
from derivkit.networks.passes import Passes
from derivkit.networks.recipe import Recipe
from derivkit.networks.rows import Dealt
from derivkit.optimize.outcome import Outcome


@dataclass(frozen=True, slots=True, eq=False)
class NetworkResult:
    """A network, its passes written down, and how it was trained.

    Attributes
    ----------
    start : Network
        Before training.
    network : Network or None
        After it; None where the gradient is not right, or the loss left the range of numbers.
    recipe : Recipe
    batch_size, epochs : int
        As they were used: rows in a step, and the most epochs.
    row : int
        The table's row, from 1, whose passes these are.
    given : tuple of float
        Its inputs in the user's units.
    passes : Passes
        By the network before training.
    gradient_check : GradientVerdict
    history : tuple of Epoch
        The start included.
    kept : int or None
        The epoch whose weights the network has.
    steps : int
    outcome : Outcome or None
    reason : str
        How it ended, in one sentence.
    metrics : mapping
        "train", "validation" and "test": mappings or None.
    dealt : Dealt
        The rows, by what they are for.
    warnings, notes : tuple of str
    """

    start: Network
    network: Network | None
    recipe: Recipe
    batch_size: int
    epochs: int
    row: int
    given: tuple[float, ...]
    passes: Passes
    gradient_check: GradientVerdict
    history: tuple[Epoch, ...]
    kept: int | None
    steps: int
    outcome: Outcome | None
    reason: str
    metrics: Mapping[str, Mapping[str, Any] | None]
    dealt: Dealt
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def architecture(self) -> Architecture:
        """What the network is made of."""
        return self.start.architecture

    @property
    def classes(self) -> tuple[Any, ...] | None:
        """Sorted; None for numbers."""
        return self.start.classes

    @property
    def rate(self) -> float | None:
        """The learning rate; None where the length of steps is searched for."""
        return self.recipe.paced.rate

    @property
    def overfit(self) -> Overfit | None:
        """From which epoch on the curves show overfitting."""
        return overfit(self.history)

    @property
    def n_rows(self) -> int:
        """How many rows were used, those for the test included."""
        return len(self.dealt.design.response)

    @property
    def validation_rows(self) -> tuple[int, ...]:
        """The table's rows, from 1, that decided when to stop."""
        return self.dealt.numbers(self.dealt.validation)

    @property
    def test_rows(self) -> tuple[int, ...]:
        """The table's rows, from 1, that were kept for the test."""
        return self.dealt.numbers(self.dealt.test)
