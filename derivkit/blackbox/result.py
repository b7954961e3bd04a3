"""What a check of a user's gradient answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derivkit.records import ThreeValued


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a gradient beside its measured value.

    Attributes
    ----------
    index : str
        As people write it: "x[3]", "w[1, 2]".
    name : str or None
        The name that the caller gave it.
    claimed, measured : float
    bound : float
        On the error of the measured value.
    """

    index: str
    name: str | None
    claimed: float
    measured: float
    bound: float

    @property
    def title(self) -> str:
        """Index and name."""
        return self.index if self.name is None else f"{self.index} ({self.name})"


@dataclass(frozen=True, slots=True)
class GradientVerdict(ThreeValued):
    """The answer of `check_gradient`.

    Attributes
    ----------
    verdict : str
        "agree", "disagree" or "refused".
    reason : str or None
        None where they agree. Of a disagreement: "wrong_gradient", "wrong_jvp", "wrong_vjp", "wrong_shape", "wrong_dtype",
        "not_finite". Of a refusal: "kink", "jump", "infinite_slope", "outside_domain", "noise", "nondeterministic",
        "mutates_input", "not_finite", "overflow", "underflow", "wrong_shape" and "wrong_dtype" (of the function's value), "budget".
    message : str
        One sentence for people.
    hint : str or None
        What kind of mistake the numbers look like, or what may help.
    worst : tuple of Entry
        The entries that are wrong, the worst first, at most ten.
    size : int
        How many entries the gradient has.
    tolerance : float
        The largest relative error of an entry that may go unseen where the verdict is "agree".
    resolution : float or None
        The smallest relative error of an entry that would have been seen, at the worst of the entries that matter.
    noise : float or None
        The error of one value of the function, measured.
    remainder : tuple of float
        Observed orders of the Taylor remainder f(x + t v) - f(x) - t g·v, from large steps to small ones, where it stands above
        the noise: 2 or more if the gradient g is right, 1 if it is wrong.
    evaluations : int
        How often the function was called.
    """

    verdict: Literal["agree", "disagree", "refused"]
    reason: str | None
    message: str
    hint: str | None = None
    worst: tuple[Entry, ...] = ()
    size: int = 0
    tolerance: float = 0.0
    resolution: float | None = None
    noise: float | None = None
    remainder: tuple[float, ...] = ()
    evaluations: int = 0


class Concluded(Exception):
    """A verdict that ends the check where it is found; the evidence is added at the edge."""

    def __init__(
        self,
        verdict: Literal["agree", "disagree", "refused"],
        reason: str | None,
        message: str,
        *,
        hint: str | None = None,
        worst: tuple[Entry, ...] = (),
    ) -> None:
        super().__init__(message)
        self.verdict: Literal["agree", "disagree", "refused"] = verdict
        self.reason = reason
        self.message = message
        self.hint = hint
        self.worst = worst
