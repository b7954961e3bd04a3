"""How a network is trained: what a person may choose, checked before a file is opened."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from derivkit.data.words import nearest_hint
from derivkit.errors import UsageError
from derivkit.networks.architecture import Architecture
from derivkit.optimize.epochs import PART_FOR_VALIDATION, ROWS_IN_A_BATCH, require
from derivkit.optimize.method import Need
from derivkit.optimize.methods import METHODS
from derivkit.optimize.settings import LABELS, Settings

OPTIMIZERS = tuple(name for name, method in METHODS.items() if method.needs is Need.NOTHING)
STEPS, WHOLE_STEPS = 2000, 200  # by default at least so many; the second on all rows
FEWEST_EPOCHS = 100
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
    batch_size : int or None
        Rows in a step; None for 32, or all where the optimizer takes all.
    epochs : int or None
        How often all rows are gone through; None for about 2,000 steps (of those on all rows 200), and at least 100.
    l1, l2 : float
        Added to the mean loss: l1 * sum of absolute weights + l2/2 * sum of their squares.
    patience : int or None
        Stop early: when the loss of the validation part has not fallen for so many epochs.
    validation : float or None
        The part of the training rows that decides that; None for a fifth.
    seed : int
        Of the first weights, the order of rows, and dropout.

    Raises
    ------
    UsageError
        If one of them makes no sense, or does not fit the optimizer.
    """

    optimizer: str = "adam"
    settings: Settings = field(default_factory=Settings)
    batch_size: int | None = None
    epochs: int | None = None
    l1: float = 0.0
    l2: float = 0.0
    patience: int | None = None
    validation: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise UsageError(f"networks have no optimizer '{self.optimizer}'", hint=nearest_hint(self.optimizer, OPTIMIZERS))
        require(size=self.batch_size, epochs=self.epochs, patience=self.patience, validation=self.validation)
        if self.seed < 0:
            raise UsageError(f"--seed {self.seed}: it must be 0 or more")
        for name, strength in (("--l1", self.l1), ("--l2", self.l2)):
            if not 0 <= strength < math.inf:
                raise UsageError(f"{name} {strength:g}: a penalty is a number that is not negative")
        self._require_heeded()

    def _require_heeded(self) -> None:
        """Refuse what nothing would heed."""
        if self.validation is not None and self.patience is None:
            raise UsageError("--validation is for --early-stop", hint="add --early-stop 10, or leave --validation out")
        if self.whole and self.batch_size is not None:
            raise UsageError(f"--optimizer {self.optimizer} takes all rows in every step", hint="leave --batch-size out")
        takes = METHODS[self.optimizer].takes
        for name in self.settings.given:
            if name not in takes:
                raise UsageError(f"--optimizer {self.optimizer} does not heed {LABELS[name]}", hint="leave it out")
        if self.whole and self.l1:
            raise UsageError(
                f"--optimizer {self.optimizer} wants a smooth loss, and --l1 has kinks", hint="take --l2, or --optimizer adam"
            )

    def require_fitting(self, architecture: Architecture) -> None:
        """Refuse a loss that changes from call to call, where the optimizer wants one that does not, and batches without a spread.

        Raises
        ------
        UsageError
        """
        if self.whole and (architecture.dropout or architecture.batch_norm):
            what = "--dropout" if architecture.dropout else "--batch-norm"
            raise UsageError(
                f"--optimizer {self.optimizer} is for one loss of all rows, and {what} for batches", hint=f"leave {what} out"
            )
        if architecture.batch_norm and self.batch_size == 1:
            raise UsageError(
                "--batch-norm needs the spread of the rows in a batch, and --batch-size 1 has none", hint="take 2 or more"
            )

    @property
    def whole(self) -> bool:
        """Whether every step takes all rows: the length of steps is searched for, along one loss."""
        return not METHODS[self.optimizer].first_order

    @property
    def share(self) -> float | None:
        """The part of the training rows that decides when to stop; None where nothing does."""
        return None if self.patience is None else self.validation or PART_FOR_VALIDATION

    @property
    def paced(self) -> Settings:
        """The settings, with a learning rate for steps that are not searched for."""
        return self.settings if self.settings.rate or self.whole else replace(self.settings, rate=RATES.get(self.optimizer, RATE))

    def batch(self, n: int) -> int:
        """How many rows a step has of n."""
        return n if self.whole else min(self.batch_size or ROWS_IN_A_BATCH, n)

    def rounds(self, n: int) -> int:
        """How many epochs there are at most, with n rows."""
        steps = WHOLE_STEPS if self.whole else STEPS
        return self.epochs or max(FEWEST_EPOCHS, math.ceil(steps / math.ceil(n / self.batch(n))))
