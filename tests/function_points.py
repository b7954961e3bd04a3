"""Points at which the tests of the table evaluate its rows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from derivkit.functions import Row, table

POINTS = 8
SPECIAL_GROUPS = {"error functions", "gamma family", "zeta and Lambert W", "integrals", "Bessel and Airy"}

ROWS = [row for row in table() if row.arity]
SMOOTH = [row for row in ROWS if not row.boolean and not row.choice]


def label(row: Row) -> str:
    """What a test about a row is called."""
    return f"{row.name}({','.join(row.arguments)})"


def typical_points(row: Row) -> list[tuple[float, ...]]:
    """Points inside a row's typical intervals, the same in every run."""
    rng = random.Random(f"{row.name}/{row.arity}")
    return [tuple(_draw(rng, row)) for _ in range(POINTS)]


def _draw(rng: random.Random, row: Row) -> Iterator[float]:
    for k, (low, high) in enumerate(row.typical):
        yield float(rng.randint(int(low), int(high))) if k in row.whole else rng.uniform(low, high)


def movable(row: Row) -> list[int]:
    """Positions of the arguments with respect to which a row has a derivative at its typical points."""
    return [k for k, rule in enumerate(row.partials) if rule is not None and k not in row.whole]
