"""How a network is trained: what a person may choose, checked before a file is opened."""

from __future__ import annotations

import math
from dataclasses import dataclass

from derivkit.data.words import nearest_hint
from derivkit.errors import UsageError
from derivkit.optimize.methods import METHODS

WHOLE = "lbfgs"  # takes all rows at every step
STEPS = 2000  # by default at least so many
FEWEST_EPOCHS, MOST_EPOCHS = 100, 1_000_000
RATES = {"gd": 0.5, "adam": 0.02}  # of standardized inputs; by default


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    optimizer : str
        A first-order method of `optimize.methods`, or "lbfgs".
    rate : float or None
        The learning rate; None for the method's usual one.
    schedule : str or None
        What becomes of the rate.
    batch_size : int
        Rows in a step.
    epochs : int or None
        How often all rows are gone through; None for about 2,000 steps, and at least 100.
    l1, l2 : float
        Added to the mean loss: l1 * sum of absolute weights + l2/2 * sum of their squares.
    clip_norm, clip_value : float or None
        The longest gradient, the largest entry of one.
    patience : int or None
        Stop early: when the loss of the validation part has not fallen for so many epochs.
    validation : float
        The part of the training rows that decides that.
    seed : int
        Of the first weights, the order of rows, and dropout.
    """

    optimizer: str = "adam"
    rate: float | None = None
    schedule: str | None = None
    batch_size: int = 32
    epochs: int | None = None
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    patience: int | None = None
    validation: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises
        ------
        UsageError
            Naming the option.
        """
        names = [*RATES, WHOLE]
        if self.optimizer not in names:
            raise UsageError(f"there is no optimizer '{self.optimizer}' for networks", hint=nearest_hint(self.optimizer, names))
        _positive("--lr", self.rate)
        _positive("--clip-norm", self.clip_norm)
        _positive("--clip-value", self.clip_value)
        _at_least("--batch-size", self.batch_size, 1)
        _at_least("--epochs", self.epochs, 1)
        _at_least("--early-stop", self.patience, 1)
        _at_least("--seed", self.seed, 0)
        if self.epochs is not None and self.epochs > MOST_EPOCHS:
            raise UsageError(f"--epochs {self.epochs}: at most {MOST_EPOCHS:,} are allowed")
        for name, strength in (("--l1", self.l1), ("--l2", self.l2)):
            if not 0 <= strength < math.inf:
                raise UsageError(f"{name} {strength:g}: a penalty is a number that is not negative")
        if not 0 < self.validation < 1:
            raise UsageError(f"--validation {self.validation:g}: the part lies between 0 and 1", hint="0.2 is a fifth")
        if self.optimizer == WHOLE:
            self._refuse_steps()

    def _refuse_steps(self) -> None:
        """Refuse what a method cannot have that searches along lines of one smooth function."""
        given = {"--l1": self.l1, "--lr": self.rate, "--schedule": self.schedule, "--clip-norm": self.clip_norm,
                 "--clip-value": self.clip_value}  # fmt: skip
        for name, value in given.items():
            if value:
                why = "absolute values have kinks" if name == "--l1" else "it searches for the length of its steps"
                raise UsageError(f"--optimizer {WHOLE} takes no {name}: {why}", hint=f"leave {name} out, or take another optimizer")

    def batch(self, n: int) -> int:
        """How many rows a step has of n."""
        return n if self.optimizer == WHOLE else min(self.batch_size, n)

    def rounds(self, n: int) -> int:
        """How many epochs there are at most, with n rows."""
        return self.epochs or max(FEWEST_EPOCHS, math.ceil(STEPS / math.ceil(n / self.batch(n))))


def _positive(name: str, value: float | None) -> None:
    if value is not None and not 0 < value < math.inf:
        raise UsageError(f"{name} {value:g}: it must be a positive number")


def _at_least(name: str, value: int | None, least: int) -> None:
    if value is not None and value < least:
        raise UsageError(f"{name} {value}: it must be {least} or more")
