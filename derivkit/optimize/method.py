"""One row of the table of methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from derivkit.errors import UsageError
from derivkit.optimize import loop
from derivkit.optimize.bounds import Bounds
from derivkit.optimize.descents.transformed import Clipped, ClippedByValue, Decayed, DecayedApart, Transformed
from derivkit.optimize.minimum import Minimum
from derivkit.optimize.schedules import constant
from derivkit.optimize.searches import Fixed
from derivkit.optimize.settings import LABELS, Settings


class Need(StrEnum):
    """What a method asks of a function, besides value and gradient; the name of the attribute that has it."""

    NOTHING = "gradient"
    HESSIAN = "hessian"
    """hessian(x), the second derivatives, shape (d, d)."""
    PRODUCTS = "hvp"
    """hvp(x, v), the second derivatives times a vector, shape (d,); made from `hessian` where there is only that."""
    SQUARES = "squares"
    """squares.at(x), the residuals of which the value is half the sum of squares, with their Jacobian."""

    def met(self, function: Any) -> bool:
        """Whether a function has it."""
        names = {Need.NOTHING: (), Need.PRODUCTS: (Need.PRODUCTS, Need.HESSIAN)}.get(self, (self,))
        return not names or any(hasattr(function, name) for name in names)


class Convergence(StrEnum):
    """How the distance to a minimum with positive second derivatives shrinks at last, as theory has it."""

    NONE = "none"
    """A fixed rate promises no more than to come near."""
    LINEAR = "linear"
    SUPERLINEAR = "superlinear"
    QUADRATIC = "quadratic"


Make = Callable[[Settings, Any, Bounds | None], loop.Descent]
MakeSearch = Callable[[float, Bounds | None], loop.Search]

Recursion = Callable[[float, float], tuple[float, float]]

FIRST_ORDER = ("rate", "schedule", "weight_decay", "clip_norm", "clip_value")


@dataclass(frozen=True, slots=True)
class Method:
    """One way to minimize.

    Attributes
    ----------
    name, title : str
    descent : callable
        From settings, the function and bounds to where to go.
    convergence : Convergence
    source : str
    rate : float or None
        The learning rate where none is given; None where the step is searched for.
    search : callable or None
        From the size of value that matters and the bounds to how far; None where a rate is always needed.
    needs : Need
    takes : tuple of str
        Fields of `Settings` that it heeds.
    bounded : bool
        Whether it can keep bounds.
    solver : callable or None
        What minimizes in its place where there are bounds, and takes what `methods.minimize` takes.
    decay : type
        How it takes weight decay.
    recursion : callable or None
        Of a fixed rate: on an eigenvector of the Hessian errors follow error'' = b error' - c error; from rate times eigenvalue,
        and momentum, to (b, c).
    exact : float or None
        Of exact searches: a step leaves (k - 1)/(k + 1), k this power of the condition number.
    """

    name: str
    title: str
    descent: Make
    convergence: Convergence
    source: str
    rate: float | None = None
    search: MakeSearch | None = None
    needs: Need = Need.NOTHING
    takes: tuple[str, ...] = ()
    bounded: bool = False
    solver: Callable[..., Minimum] | None = None
    decay: type[Transformed] = Decayed
    recursion: Recursion | None = None
    exact: float | None = None

    @property
    def first_order(self) -> bool:
        """Whether it can go by a learning rate, and so by gradients of a function that changes from call to call."""
        return "rate" in self.takes

    def fitting(self, settings: Settings) -> Settings:
        """Those of the settings that it heeds."""
        return Settings(**{name: getattr(settings, name) for name in settings.given if name in self.takes})

    def descent_for(self, settings: Settings, function: Any, bounds: Bounds | None = None) -> loop.Descent:
        """Where to go, of gradients that are clipped first and decayed then.

        Raises
        ------
        UsageError
            If a setting is not heeded, there are bounds that it cannot keep, or the function lacks what the method needs.
        """
        self._require(settings, function)
        if bounds is not None and not self.bounded:
            raise UsageError(f"{self.name} cannot keep bounds", hint="lbfgs, newton and the first-order methods can")
        descent = self.descent(settings, function, bounds)
        if (self.decay is DecayedApart and settings.weight_decay is None) or settings.weight_decay:
            descent = self.decay(descent, DECOUPLED if settings.weight_decay is None else settings.weight_decay)
        if settings.clip_value is not None:
            descent = ClippedByValue(descent, settings.clip_value)
        return descent if settings.clip_norm is None else Clipped(descent, settings.clip_norm)

    def search_for(self, settings: Settings, scale: float, bounds: Bounds | None = None) -> loop.Search:
        """How far to go."""
        rate = settings.rate or self.rate
        if rate is None and self.search is not None:
            return self.search(scale, bounds)
        return Fixed(rate or 1.0, settings.schedule, scale, bounds)

    def _require(self, settings: Settings, function: Any) -> None:
        for name in settings.given:
            if name not in self.takes:
                raise UsageError(f"{self.name} does not heed {LABELS[name]}", hint=self._heeded())
        if self.search is not None and settings.rate is None and (settings.weight_decay or settings.schedule is not constant):
            raise UsageError(
                f"{self.name} searches for its steps; a schedule or weight decay needs a learning rate", hint="give one"
            )
        if not self.needs.met(function):
            missing = f"{self.name} needs {NEEDED[self.needs]}, which this function does not tell"
            raise UsageError(missing, hint="lbfgs needs the gradient alone")

    def _heeded(self) -> str:
        return f"it heeds {', '.join(LABELS[name] for name in self.takes)}" if self.takes else "it has no settings"


DECOUPLED = 0.01  # the weight decay of adamw where none is given, as in PyTorch
NEEDED = {
    Need.HESSIAN: "second derivatives",
    Need.PRODUCTS: "products of the second derivatives and a vector",
    Need.SQUARES: "residuals",
}
