"""How a network is trained: what a person may choose, checked before a file is opened."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from derivkit.data.words import nearest_hint
from derivkit.errors import UsageError
from derivkit.networks.architecture import Architecture
from derivkit.optimize.method import Need
from derivkit.optimize.methods import METHODS
from derivkit.optimize.settings import LABELS, Settings

OPTIMIZERS = tuple(name for name, method in METHODS.items() if method.needs is Need.NOTHING)
STEPS, WHOLE_STEPS = 2000, 200  # by default at least so many; the second on all rows
FEWEST_EPOCHS, MOST_EPOCHS = 100, 1_000_000
RATES = {"gd": 0.5, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.1}  # of standardized inputs, where nobody says
RATE = 0.02  # of all others


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    optimizer : str
        One of `OPTIMIZERS`.
    settings : Settings
        Of the optimizer: learning rate, schedule, clipping, ...
    batch_size : int
        Rows in a step.
    epochs : int or None
        How often all rows are gone through; None for about 2,000 steps (of those on all rows 200), and at least 100.
    l1, l2 : float
        Added to the mean loss: l1 * sum of absolute weights + l2/2 * sum of their squares.
    patience : int or None
        Stop early: when the loss of the validation part has not fallen for so many epochs.
    validation : float
        The part of the training rows that decides that.
    seed : int
        Of the first weights, the order of rows, and dropout.

    Raises
    ------
    UsageError
        If one of them makes no sense, or does not fit the optimizer.
    """

    optimizer: str = "adam"
    settings: Settings = field(default_factory=Settings)
    batch_size: int = 32
    epochs: int | None = None
    l1: float = 0.0
    l2: float = 0.0
    patience: int | None = None
    validation: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise UsageError(f"networks have no optimizer '{self.optimizer}'", hint=nearest_hint(self.optimizer, OPTIMIZERS))
        for name, value, least in (
            ("--batch-size", self.batch_size, 1), ("--epochs", self.epochs, 1), ("--early-stop", self.patience, 1),
            ("--seed", self.seed, 0),
        ):  # fmt: skip
            if value is not None and value < least:
                raise UsageError(f"{name} {value}: it must be {least} or more")
        if self.epochs is not None and self.epochs > MOST_EPOCHS:
            raise UsageError(f"--epochs {self.epochs}: at most {MOST_EPOCHS:,} are allowed")
        for name, strength in (("--l1", self.l1), ("--l2", self.l2)):
            if not 0 <= strength < math.inf:
                raise UsageError(f"{name} {strength:g}: a penalty is a number that is not negative")
        if not 0 < self.validation < 1:
            raise UsageError(f"--validation {self.validation:g}: the part lies between 0 and 1", hint="0.2 is a fifth")
        self._require_heeded()

    def _require_heeded(self) -> None:
        """Refuse settings that the optimizer does not heed."""
        takes = METHODS[self.optimizer].takes
        for name in self.settings.given:
            if name not in takes:
                raise UsageError(f"--optimizer {self.optimizer} does not heed {LABELS[name]}", hint="leave it out")
        if self.whole and self.l1:
            raise UsageError(
                f"--optimizer {self.optimizer} wants a smooth loss, and --l1 has kinks", hint="take --l2, or --optimizer adam"
            )

    def require_fitting(self, architecture: Architecture) -> None:
        """Refuse a loss that changes from call to call, where the optimizer wants one that does not.

        Raises
        ------
        UsageError
        """
        if self.whole and (architecture.dropout or architecture.batch_norm):
            what = "--dropout" if architecture.dropout else "--batch-norm"
            raise UsageError(
                f"--optimizer {self.optimizer} is for one loss of all rows, and {what} for batches", hint=f"leave {what} out"
            )

    @property
    def whole(self) -> bool:
        """Whether every step takes all rows: the length of steps is searched for, along one loss."""
        return not METHODS[self.optimizer].first_order

    @property
    def paced(self) -> Settings:
        """The settings, with a learning rate for steps that are not searched for."""
        return self.settings if self.settings.rate or self.whole else replace(self.settings, rate=RATES.get(self.optimizer, RATE))

    def batch(self, n: int) -> int:
        """How many rows a step has of n."""
        return n if self.whole else min(self.batch_size, n)

    def rounds(self, n: int) -> int:
        """How many epochs there are at most, with n rows."""
        steps = WHOLE_STEPS if self.whole else STEPS
        return self.epochs or max(FEWEST_EPOCHS, math.ceil(steps / math.ceil(n / self.batch(n))))
