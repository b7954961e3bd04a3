"""A table in batches is the table in memory, whatever the file and however small the batches."""

from __future__ import annotations

import errno
import gzip
import io
import tracemalloc
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.data import parquet, pieces
from derivkit.data.batches import read_batches
from derivkit.data.design import build_design
from derivkit.data.split import split
from derivkit.data.spool import Spool
from derivkit.data.table import read_table
from derivkit.errors import DataError, UsageError

N = 500
rng = np.random.default_rng(4)
FRAME = pl.DataFrame(
    {
        "a": rng.standard_normal(N),
        "s": rng.choice(["u", "v", "w"], N),
        "flag": rng.random(N) < 0.5,
        "b": [None if rng.random() < 0.1 else round(rng.standard_normal(), 3) for _ in range(N)],
        "y": rng.choice(["no", "yes"], N),
    }
)


@pytest.fixture
def small(monkeypatch):
    """Makes everything that is read at once small."""
    monkeypatch.setattr(pieces, "PIECE_BYTES", 999)
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 64)


def files(folder: Path) -> dict[str, object]:
    text = FRAME.write_csv(null_value="NA")
    (folder / "data.csv").write_text(text)
    (folder / "data.csv.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "data.txt").write_bytes(FRAME.write_csv(separator=";").replace(".", ",").encode("utf-16"))
    FRAME.write_parquet(folder / "data.parquet")
    columns = {name: FRAME[name].to_list() for name in FRAME.columns}
    return {**{path.name: path for path in folder.iterdir()}, "columns": columns, "stream": io.BytesIO(text.encode())}


@pytest.mark.parametrize("kind", ["data.csv", "data.csv.gz", "data.txt", "data.parquet", "columns", "stream"])
@pytest.mark.parametrize("impute", [None, "mean"])
def test_batches_are_the_design(tmp_path, small, kind, impute):
    design = build_design(
        read_table(files(tmp_path)["columns"]), target="y", features=None, intercept=True, classes=True, impute=impute
    )
    batches = read_batches(files(tmp_path)[kind], target="y", classes=True, impute=impute, rows=50)
    assert (design.names, design.classes, len(design.response)) == (batches.names, batches.schema.classes, batches.n_rows)
    assert (design.n_dropped, design.warnings) == (batches.n_dropped, batches.warnings)
    for _ in range(3):
        parts = list(batches)
        assert 50 >= max(len(response) for _, response in parts)
        assert design.response.tolist() == np.concatenate([response for _, response in parts]).tolist()
        assert np.allclose(design.matrix, np.concatenate([matrix for matrix, _ in parts]), rtol=1e-14, atol=0)


def test_means_and_spreads_are_those_of_the_rows_that_are_used(tmp_path, small):
    kept = FRAME.drop_nulls()
    batches = read_batches(files(tmp_path)["data.csv"], target="y", classes=True)
    for name in ("a", "b"):
        assert pytest.approx(kept[name].mean(), rel=1e-12) == batches.moments[name].mean
        assert pytest.approx(kept[name].std(ddof=0), rel=1e-12) == batches.moments[name].spread
        assert (kept[name].min(), kept[name].max()) == (batches.moments[name].low, batches.moments[name].high)


# the file, the message
LATE = [
    ("a,y\n" + "1,2\n" * 600 + "oops,3\n", r"a holds numbers, but 'oops' in row 601 \(line 602\)"),
    ("a,y\n" + "1,2\n2,3\n" * 600 + "1\n", r"row 1201 \(line 1202\) has 1 field, the header has 2"),
    ("s,y\n" + "".join(f"id{k},{k}\n" for k in range(600)), "identifier"),
    ("s,y\n" + "".join(f"id{k},{k}\n" for k in range(10_001)), "more than 10,000 different words"),
]


@pytest.mark.parametrize(("text", "message"), LATE)
def test_what_is_wrong_further_down_is_named_by_row(tmp_path, small, text, message):
    (tmp_path / "data.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        read_batches(tmp_path / "data.csv")


def test_words_behind_numbers_are_categories_where_they_are_many(tmp_path, small):
    """What was read as numbers is read again as words: 007 stays 007."""
    rows = ["007"] * 300 + ["B"] * 400
    (tmp_path / "data.csv").write_text("s,y\n" + "".join(f"{s},{k}\n" for k, s in enumerate(rows)))
    batches = read_batches(tmp_path / "data.csv")
    assert (("007", "B"), 700) == (batches.schema.features[0].levels, batches.n_rows)
    assert 400 == sum(matrix[:, 1].sum() for matrix, _ in batches)


MISSING = ["NA", "", "?", "nan "]
KINDS = [
    ["1", "2.5", "-3e2", "0", "1 ", " 7", "4", *MISSING[:2]],
    ["1", "2", "3.25", "-0.5"],
    ["x", "y", "é", *MISSING],
    ["1,5", "-2", ",25", *MISSING[:1]],
    ["true", "False", "TRUE"],
    ["1", "2,5", "1,250", "x", "inf", '"', "2020-01-01", *MISSING],
]
HEIGHTS = st.integers(1, 12)
TABLES = HEIGHTS.flatmap(
    lambda n: st.lists(st.sampled_from(KINDS).flatmap(lambda kind: columns_of(kind, n)), min_size=2, max_size=3)
)


def columns_of(kind, height):
    return st.lists(st.sampled_from(kind), min_size=height, max_size=height)


@given(TABLES, st.sampled_from([",", ";"]), st.sampled_from(["\n", "\r\n"]), st.integers(1, 40), st.sampled_from([None, "mean"]))
@settings(max_examples=40, deadline=None)
def test_batches_and_memory_agree_on_any_table(tmp_path_factory, columns, separator, end, size, impute):
    """Also on what is refused, and in which words."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    rows = [separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in zip(*columns, strict=True)]
    path.write_bytes(end.join([separator.join("abc"[: len(columns)]), *rows, ""]).encode())
    options = {"target": None, "features": None, "intercept": True, "classes": False, "impute": impute}
    before = pieces.PIECE_BYTES
    pieces.PIECE_BYTES = size
    try:
        batches = read_batches(path, **options, rows=2)
        found = np.concatenate([matrix for matrix, _ in batches]), batches.names, batches.n_dropped, batches.notes
    except DataError as refused:
        found = refused.message
    finally:
        pieces.PIECE_BYTES = before
    try:
        design = build_design(read_table(path), **options)
    except DataError as refused:
        assert refused.message.replace(str(path), path.name) == str(found).replace(str(path), path.name)
    else:
        assert (design.names, design.n_dropped, design.notes) == found[1:]
        assert np.allclose(design.matrix, found[0], rtol=1e-14)


def test_two_passes_at_once_and_one_that_is_left(tmp_path, small):
    batches = read_batches(files(tmp_path)["data.csv"], target="y", classes=True, rows=50)
    next(iter(batches))
    pairs = list(zip(batches, batches, strict=True))
    assert all((one[0] == two[0]).all() for one, two in pairs)
    assert batches.n_rows == sum(len(response) for _, response in batches)
    pairs = list(zip(batches, batches, strict=True))
    assert all((one[0] == two[0]).all() for one, two in pairs)


def test_the_rows_of_a_test_and_those_of_the_training(tmp_path, small):
    batches = read_batches(files(tmp_path)["data.csv"], target="y", classes=True, rows=50)
    everything = np.concatenate([matrix for matrix, _ in batches])
    test = np.zeros(batches.n_rows, dtype=bool)
    test[split(batches.n_rows, 0.2, 0)] = True
    for chosen in (test, ~test):
        part = batches.only(chosen)
        assert chosen.sum() == part.n_rows == len(part)
        assert everything[chosen].tolist() == np.concatenate([matrix for matrix, _ in part]).tolist()


def test_a_full_disk_only_costs_time(tmp_path, small, monkeypatch):
    class Full:
        def tofile(self, file):
            raise OSError(errno.ENOSPC, "no space left on device")

    spool = Spool()
    with spool.filling() as keep:
        keep(np.ones((2, 2)), np.ones(2), np.arange(2.0))
        keep(Full(), np.ones(2), np.arange(2.0))
    assert not spool.complete


def test_a_batch_of_no_rows_and_a_median_are_refused():
    data = {"a": [1.0, 2.0], "y": [1.0, 3.0]}
    with pytest.raises(UsageError, match="batch of 0 rows"):
        read_batches(data, rows=0)
    with pytest.raises(UsageError, match="median") as refused:
        read_batches(data, impute="median")
    assert "mean" in refused.value.hint


def test_memory_does_not_grow_with_the_rows(tmp_path, monkeypatch):
    """What Python and NumPy hold; benchmarks/reading.py measures the whole process."""
    monkeypatch.setattr(pieces, "PIECE_BYTES", 2**15)

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_text("a,b,y\n" + "0.123456,1.5,3\n0.654321,2.5,1\n" * (rows // 2))
        tracemalloc.start()
        for matrix, _ in read_batches(path, rows=512):
            assert 512 >= len(matrix)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2_000)  # once for what is imported
    assert 1.3 * peak(20_000) + 100_000 > peak(200_000)
