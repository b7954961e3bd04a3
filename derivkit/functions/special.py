"""Special functions."""

from __future__ import annotations

from derivkit.functions.row import Row

ROWS: tuple[Row, ...] = ()
