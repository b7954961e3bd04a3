"""What becomes of a learning rate: a factor for every step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

from derivkit.errors import UsageError

Schedule = Callable[[int], float]  # from the number of steps already taken to a factor


def constant(step: int) -> float:
    """The same rate for ever."""
    return 1.0


@dataclass(frozen=True, slots=True)
class Steps:
    """Times a factor after every so many steps: factor^floor(t/every); PyTorch's StepLR."""

    every: int
    factor: float = 0.1

    def __call__(self, step: int) -> float:
        """The factor after so many steps."""
        return float(self.factor ** (step // self.every))


@dataclass(frozen=True, slots=True)
class Exponential:
    """Times a factor after every step: factor^t; PyTorch's ExponentialLR."""

    factor: float

    def __call__(self, step: int) -> float:
        """The factor after so many steps."""
        return float(self.factor**step)


@dataclass(frozen=True, slots=True)
class Inverse:
    """Like one over the number of steps, in the long run: 1/(1 + decay*t).

    The rates add up to infinity and their squares do not: what Robbins and Monro, A stochastic approximation method, Ann. Math.
    Statist. 22 (1951) 400, equation 26, ask of steps along noisy gradients.
    """

    decay: float

    def __call__(self, step: int) -> float:
        """The factor after so many steps."""
        return 1 / (1 + self.decay * step)


@dataclass(frozen=True, slots=True)
class Linear:
    """Evenly from 1 to the last factor, which then stays; PyTorch's LinearLR with start_factor=1."""

    steps: int
    last: float = 0.0

    def __call__(self, step: int) -> float:
        """The factor after so many steps."""
        return 1 + (self.last - 1) * min(step, self.steps) / self.steps


@dataclass(frozen=True, slots=True)
class Cosine:
    """From 1 to the last factor along half a cosine wave; the last factor then stays; PyTorch's CosineAnnealingLR till there.

    References
    ----------
    Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR (2017), equation 5, without restarts.
    """

    steps: int
    last: float = 0.0

    def __call__(self, step: int) -> float:
        """The factor after so many steps."""
        return self.last + (1 - self.last) * (1 + math.cos(math.pi * min(step, self.steps) / self.steps)) / 2


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Evenly up to 1, from 1/steps at the first step, and then as another schedule says, whose steps are counted from there.

    References
    ----------
    Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, arXiv:1706.02677 (2017), section 2.2.
    """

    steps: int
    then: Schedule = constant

    def __call__(self, step: int) -> float:
        """The factor after so many steps."""
        return (step + 1) / self.steps if step < self.steps else self.then(step - self.steps)


Kind = type[Steps] | type[Exponential] | type[Inverse] | type[Linear] | type[Cosine]

KINDS: dict[str, Kind] = {"step": Steps, "exponential": Exponential, "inverse": Inverse, "linear": Linear, "cosine": Cosine}
EXAMPLES = "constant, step:30,0.1, exponential:0.99, inverse:0.01, linear:100, cosine:200, warmup:10+cosine:200"


def parse_schedule(text: str) -> Schedule:
    """Read a schedule: a name, its numbers, and perhaps a warm-up before it.

    Parameters
    ----------
    text : str
        `constant`, `step:EVERY[,FACTOR]`, `exponential:FACTOR`, `inverse:DECAY`, `linear:STEPS[,LAST]`, `cosine:STEPS[,LAST]`;
        `warmup:STEPS`, alone or with `+` and one of these.

    Returns
    -------
    Schedule

    Raises
    ------
    UsageError
        If the name is unknown, or the numbers are too few, too many, or not of the kind that is needed.

    Examples
    --------
    >>> parse_schedule("warmup:10+cosine:200")
    WarmUp(steps=10, then=Cosine(steps=200, last=0.0))
    >>> parse_schedule("step:30,0.5")(60)
    0.25
    """
    first, plus, rest = text.partition("+")
    name, _, numbers = first.partition(":")
    if name.strip() == "warmup":
        return WarmUp(_count(numbers, text), _single(rest, text) if plus else constant)
    return _single(text, text)


def _single(part: str, text: str) -> Schedule:
    """A schedule without a warm-up."""
    name, colon, listed = (piece.strip() for piece in part.partition(":"))
    if name == "constant" and not colon:
        return constant
    kind = KINDS.get(name)
    if kind is None:
        raise _unusable(text, f"no schedule is called {name!r}" if name else "a schedule is missing")
    given, wanted = [number for number in listed.split(",") if colon], fields(kind)
    if not 1 <= len(given) <= len(wanted):
        names = ", ".join(field.name for field in wanted)
        raise _unusable(text, f"{name} takes {names}, and {len(given)} numbers are given")
    numbers = zip(wanted, given, strict=False)
    values = [_count(number, text) if field.type == "int" else _factor(number, text) for field, number in numbers]
    return kind(*values)  # type: ignore[arg-type]  # an int where the field says so, just above


def _count(number: str, text: str) -> int:
    """A number of steps."""
    digits = number.strip()
    if not (digits.isascii() and digits.isdigit() and int(digits) > 0):
        raise _unusable(text, f"{digits!r} is no number of steps: 1, 2, ...")
    return int(digits)


def _factor(number: str, text: str) -> float:
    """A factor."""
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise _unusable(text, f"{number.strip()!r} is no factor: a number, not negative")
    return value


def _unusable(text: str, cause: str) -> UsageError:
    return UsageError(f"the schedule {text[:80]!r} cannot be used: {cause}", hint=f"schedules are {EXAMPLES}")
