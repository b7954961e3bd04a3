"""What callers hand over, as the house takes it: names, points and regions, exact and checked."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from numbers import Rational, Real
from typing import TypeVar

from derivkit.errors import PointError, UsageError
from derivkit.expression.graph import Builder, Graph
from derivkit.expression.lexer import shortened
from derivkit.expression.point import parse_point, variable_name
from derivkit.expression.region import Interval, Region, parse_region

Ends = tuple[float | Real, float | Real]
Kind = TypeVar("Kind")


def point_of(at: Mapping[str, float | Real] | str | None) -> dict[str, Graph] | None:
    """A point as text, or as a number for each variable, exactly; None where there is none."""
    if at is None or isinstance(at, str):
        return None if at is None else parse_point(at)
    return {name: exactly(name, x) for name, x in _mapping(at, "a point", '{"x": 1} or "x=1"').items()}


def region_of(on: Mapping[str, Ends] | str) -> Region:
    """A region as text, or as two ends for each variable."""
    if isinstance(on, str):
        return parse_region(on)
    return {name: _interval(name, ends) for name, ends in _mapping(on, "a region", '{"x": (0, 5)} or "x=0..5"').items()}


def _mapping(given: Mapping[str, Kind], what: str, example: str) -> Mapping[str, Kind]:
    if not isinstance(given, Mapping):
        raise PointError(f"{what} is a mapping or a text, not {type(given).__name__}", hint=f"write {example}")
    return given


def _interval(name: str, ends: Ends) -> Interval:
    try:
        low, high = ends
    except (TypeError, ValueError):
        raise PointError(f"{name} needs two ends", hint=f'write {{"{name}": (0, 5)}}') from None
    interval = Interval(exactly(name, low), exactly(name, high))
    if interval.floats[0] > interval.floats[1]:
        raise PointError(f"the interval of {name} ends before it begins", hint="give the smaller end first")
    return interval


def exactly(name: str, x: object) -> Graph:
    """A number as a graph: rational ones as they are, others by their nearest float."""
    if not isinstance(x, Real):
        raise PointError(f"{name} must be a real number, not {type(x).__name__}", hint="give a number, or a Fraction to be exact")
    try:
        exact = Fraction(int(x.numerator), int(x.denominator)) if isinstance(x, Rational) else Fraction(float(x))
        float(exact)
    except (OverflowError, ValueError):
        raise PointError(f"{name} must be a finite number that a float can hold", hint="choose a point nearer to zero") from None
    builder = Builder()
    return builder.graph([builder.add(exact.numerator if exact.denominator == 1 else exact)])


def names_of(wrt: tuple[str, ...], variables: tuple[str, ...]) -> tuple[str, ...]:
    """The variables to differentiate by, in the spelling of expressions; the only one where none is named."""
    if not wrt:
        if len(variables) != 1:
            listed = shortened(", ".join(variables), 200) or "none"
            raise UsageError(f"the expression has {len(variables)} variables: {listed}", hint="say which one")
        return variables
    return tuple(map(name_of, wrt))


def name_of(given: object) -> str:
    """A variable's name in the spelling of expressions."""
    name = variable_name(given) if isinstance(given, str) else None
    if name is None:
        raise UsageError(f"{shortened(repr(given))} is not the name of a variable", hint='give names, such as "x"')
    return name
