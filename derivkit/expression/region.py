"""Regions as text: `x=0..5, y=-pi..pi`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from derivkit.errors import PointError
from derivkit.evaluate import evaluate
from derivkit.expression.graph import Graph
from derivkit.expression.lexer import Span, refuse_text, shortened
from derivkit.expression.point import Point, assigned_name, assignments, constant_in

RANGE = ".."


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from one end to the other, both ends included; the ends are constant graphs, exact as typed."""

    low: Graph
    high: Graph

    @property
    def floats(self) -> tuple[float, float]:
        """Both ends, as floats."""
        return evaluate(self.low, {}), evaluate(self.high, {})


Region = Mapping[str, Interval]


def parse_region(texts: str | Iterable[str]) -> dict[str, Interval]:
    """Read the intervals of variables.

    Parameters
    ----------
    texts : str or iterable of str
        Assignments with commas between them: `x=0..5`. The ends are expressions without variables; one number alone is both ends.

    Returns
    -------
    dict of str to Interval

    Raises
    ------
    PointError
        If an assignment lacks its `=`, a name is none or is given twice, an end is not a finite number, or they are
        not in order.
    ParseError
        If an end is not an expression.

    Examples
    --------
    >>> {name: interval.floats for name, interval in parse_region("x=0..pi/2, y=1..4").items()}
    {'x': (0.0, 1.5707963267948966), 'y': (1.0, 4.0)}
    """
    region: dict[str, Interval] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        refuse_text(text)
        for span in assignments(text):
            name, equals = assigned_name(text, span, hint="write x=0..5")
            if name in region:
                raise PointError(f"{shortened(name)} is given twice", hint="give each variable one interval", text=text, span=span)
            region[name] = _interval(text, name, (equals + 1, span[1]))
    return region


def parse_interval(text: str, name: str, *, example: str) -> Interval:
    """Read one interval by itself.

    Parameters
    ----------
    text : str
        As in a region, without a name: `0..5`.
    name : str
        What it is of, for messages.
    example : str
        What a hint shows.

    Returns
    -------
    Interval

    Raises
    ------
    PointError
        If an end is not a finite number, or they are not in order.
    ParseError
        If an end is not an expression.

    Examples
    --------
    >>> parse_interval("1e-4..1/2", "the rate", example="1e-4..1").floats
    (0.0001, 0.5)
    """
    refuse_text(text)
    return _interval(text, name, (0, len(text)), example)


def _interval(text: str, name: str, span: Span, example: str = "x=0..5") -> Interval:
    start, end = span
    dots = text.find(RANGE, start, end)
    if dots < 0:
        both = constant_in(text, name, span)
        return Interval(both, both)
    ends = ((start, dots), (dots + len(RANGE), end))
    for place in ends:
        if not text[slice(*place)].strip():
            raise PointError(f"the interval of {name} lacks an end", hint=f"write {example}", text=text, span=place)
    low, high = (constant_in(text, name, place) for place in ends)
    interval = Interval(low, high)
    if interval.floats[0] > interval.floats[1]:
        raise PointError(
            f"the interval of {name} ends before it begins", hint=f"write the smaller end first: {example}", text=text, span=span
        )
    return interval


def point_of(region: Region) -> Point | None:
    """The only point of a region; None where it holds more than one."""
    single = all(interval.low == interval.high for interval in region.values())
    return {name: interval.low for name, interval in region.items()} if single else None
