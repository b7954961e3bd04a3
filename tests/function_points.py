"""Points at which the tests of the table evaluate its rows."""

from __future__ import annotations

from derivkit.functions import Row, table
from derivkit.selftest.examine import SPECIAL
from derivkit.selftest.places import Point, is_smooth, label, movable, typical

__all__ = ["ROWS", "SMOOTH", "SPECIAL_GROUPS", "label", "movable", "typical_points"]

POINTS = 8
SPECIAL_GROUPS = set(SPECIAL)

ROWS = [row for row in table() if row.arity]
SMOOTH = [row for row in ROWS if is_smooth(row)]


def typical_points(row: Row) -> list[Point]:
    """Points inside a row's typical intervals, the same in every run."""
    return typical(row, POINTS)
