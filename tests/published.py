"""Reads the corpus of published expressions, tests/corpus/expressions.txt; its head says how a line is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from derivkit.expression.graph import Graph
from derivkit.expression.parser import parse
from derivkit.expression.point import Point, parse_point

CORPUS = Path(__file__).parent / "corpus" / "expressions.txt"
_FACT = re.compile(r"f(?:\[(?P<wrt>[\w,]+)\])?(?:\((?P<at>.*)\))? = (?P<value>.+)")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a source says of a function: a value or a derivative, at a point or, without one, as a formula."""

    text: str
    wrt: tuple[str, ...]
    at: Point | None
    value: str


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the corpus."""

    name: str
    text: str
    points: tuple[Point, ...]
    facts: tuple[Fact, ...]
    source: str

    @property
    def graph(self) -> Graph:
        """The expression, read."""
        return parse(self.text).graph


def published() -> tuple[Published, ...]:
    """All lines of the corpus."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return tuple(_read(line) for line in lines if line and not line.startswith("#"))


def _read(line: str) -> Published:
    name, text, points, facts, source = [cell.strip() for cell in line.split("|")]
    return Published(name, text, tuple(map(parse_point, points.split(";"))), tuple(_facts(facts)), source)


def _facts(cell: str) -> Iterator[Fact]:
    for text in filter(None, cell.split(" ; ")):
        match = _FACT.fullmatch(text)
        assert match, f"no fact: {text}"
        wrt, at = match["wrt"], match["at"]
        yield Fact(text, tuple(wrt.split(",")) if wrt else (), parse_point(at) if at else None, match["value"])
