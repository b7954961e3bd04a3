"""The columns of a table as a matrix: any rows of it are those of the array."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit.data import design
from derivkit.data.design import build_design
from derivkit.data.framed import Framed
from derivkit.data.table import Table

ENDS = st.none() | st.integers(0, 25)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), ENDS, ENDS, st.integers(1, 9), st.booleans())
def test_rows_are_those_of_the_array(heights, start, stop, step, constant):
    numbers = np.random.default_rng(1).standard_normal((sum(heights), 3))
    frame = pl.concat([pl.DataFrame(part, schema=["a", "b", "c"]) for part in np.split(numbers, np.cumsum(heights)[:-1])])
    whole = np.column_stack([np.ones(len(numbers))] * constant + [numbers])
    framed = Framed(frame, constant=constant)
    assert whole[start:stop:step].tolist() == framed[start:stop:step].tolist()
    assert whole.tolist() == np.asarray(framed).tolist()
    assert whole.shape == framed.shape


def test_columns_in_other_pieces_than_their_neighbours():
    a, b = (
        pl.concat([pl.Series(name, part) for part in parts])
        for name, parts in (("a", ([1.0], [2.0, 3.0])), ("b", ([4.0, 5.0], [6.0])))
    )
    assert [[1, 4], [2, 5], [3, 6]] == Framed(pl.DataFrame([a, b]), constant=False)[:].tolist()


TABLES = [
    ({"x": [1.0, 2.0, 4.0], "y": [3.0, 5.0, 9.0]}, True),
    ({"x": [1.0, None, 4.0], "y": [3.0, 5.0, 9.0]}, False),
    ({"x": [1.0, float("nan"), 4.0], "y": [3.0, 5.0, 9.0]}, False),
    ({"x": [1, 2, 4], "y": [3.0, 5.0, 9.0]}, False),
    ({"x": ["u", "v", "v"], "y": [3.0, 5.0, 9.0]}, False),
]


@pytest.mark.parametrize(("columns", "left"), TABLES)
def test_large_tables_of_floats_are_left_where_they_are(monkeypatch, columns, left):
    table, asked = Table(pl.DataFrame(columns)), {"target": "y", "features": None, "intercept": True, "classes": False}
    copied = build_design(table, **asked)
    monkeypatch.setattr(design, "MOST_COPIED", 0)
    found = build_design(table, **asked)
    assert left == isinstance(found.matrix, Framed)
    for name in ("matrix", "response", "rows"):
        assert np.asarray(getattr(copied, name)).tolist() == np.asarray(getattr(found, name)).tolist()
    assert copied.schema == found.schema
