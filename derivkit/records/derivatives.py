"""Derivatives with the errors that they have: estimates from differences, formulas with values and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derivkit.records.certificates import Enclosure
from derivkit.records.checks import Verdict


@dataclass(frozen=True, slots=True)
class Estimate:
    """A derivative from finite differences, with a bound on its error.

    Attributes
    ----------
    value : float
        NaN where nothing could be said.
    error : float
        A bound on |value - truth|; infinite where nothing could be said.
    step : float
        The step at which the best extrapolated value was found, in the unit of the variable.
    evaluations : int
        How often the function was called.
    """

    value: float
    error: float
    step: float
    evaluations: int


@dataclass(frozen=True, slots=True)
class DerivativeAnswer:
    """What `diff` answers; `expression` and `derivative` are `symbolic.formula.Formula`, `enclosure` is None unless asked for."""

    expression: Any
    wrt: tuple[str, ...]
    derivative: Any
    at: Mapping[str, float] | None
    value: float | None
    check: Verdict | None
    warnings: tuple[str, ...] = ()
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class JacobianAnswer:
    """What `grad`, `jacobian` and `hessian` answer: a matrix of formulas and, at a point, of numbers.

    Attributes
    ----------
    outputs : tuple of Formula
        The functions: one for `grad` and `hessian`, one a row for `jacobian`.
    variables : tuple of str
    formulas : tuple of tuple of Formula
        One row for `grad`, d rows for `hessian`, one row an output for `jacobian`.
    at : mapping of str to float, or None
    values : tuple of tuple of float or None
        Same shape as `formulas`; None without a point or where refused.
    function_values : tuple of float or None
        One an output.
    check : Verdict or None
    enclosures : tuple of tuple of Enclosure or None
        Same shape as `values`; empty unless asked for.
    """

    outputs: tuple[Any, ...]
    variables: tuple[str, ...]
    formulas: tuple[tuple[Any, ...], ...]
    at: Mapping[str, float] | None
    values: tuple[tuple[float | None, ...], ...]
    function_values: tuple[float | None, ...]
    check: Verdict | None
    warnings: tuple[str, ...] = ()
    enclosures: tuple[tuple[Enclosure | None, ...], ...] = ()
