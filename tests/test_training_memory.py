"""Training with little memory: the same estimates as with much, whatever the family; what needs all rows at once is refused."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivkit.data import batches, pieces, spool
from derivkit.data.size import bytes_of
from derivkit.errors import DataError, FileError, UsageError
from derivkit.models import columns
from derivkit.models.sums import FEWEST_BLOCKS, summed
from derivkit.training import train
from tests.conftest import document

N = 600
rng = np.random.default_rng(11)
X = rng.standard_normal((N, 2))
ETA = 0.4 + X @ [0.7, -0.5]
FRAME = pl.DataFrame(
    {
        "a": X[:, 0],
        "b": 40 + 3 * X[:, 1],
        "s": rng.choice(["u", "v", "w"], N),
        "holes": [None if k % 50 == 7 else float(k % 13) for k in range(N)],
        "number": ETA + rng.standard_normal(N),
        "positive": np.exp(ETA) * rng.gamma(3, 1 / 3, N),
        "count": rng.poisson(np.exp(ETA)),
        "two": (rng.random(N) < 1 / (1 + np.exp(-ETA))).astype(int),
        "three": np.array(["no", "so", "yes"])[(ETA + rng.logistic(size=N) > 0).astype(int) + (rng.random(N) < 0.3)],
    }
)
FEATURES = ["a", "b", "s", "holes"]

# options, target
FAMILIES = [
    ({"model": "linear"}, "number"),
    ({"model": "linear", "intercept": False, "robust": True}, "number"),
    ({"model": "ridge", "l2": 0.3}, "number"),
    ({"model": "lasso", "l1": 0.1}, "number"),
    ({"model": "polynomial", "degree": 3}, "number"),
    ({"model": "logistic"}, "two"),
    ({"model": "logistic", "l2": 0.1, "test": 0.2}, "two"),
    ({"model": "poisson"}, "count"),
    ({"model": "poisson", "test": 0.3, "seed": 4}, "count"),
    ({"model": "gamma"}, "positive"),
    ({"model": "softmax"}, "three"),
    ({"model": "softmax", "l2": 0.01, "test": 0.25}, "three"),
    ({"loss": "log(cosh(y - eta))"}, "number"),
]


@pytest.fixture
def small(monkeypatch):
    """Makes everything that is read or added up at once small."""
    monkeypatch.setattr(pieces, "PIECE_BYTES", 9_999)
    monkeypatch.setattr(batches, "ROWS", 64)
    monkeypatch.setattr(columns, "ROWS_AT_ONCE", 50)
    monkeypatch.setattr(columns, "MOST_KEPT", 0)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("memory") / "data.csv"
    FRAME.write_csv(found)
    return found


def close(one, other):
    """Numbers, and what holds numbers, to rounding."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return one == other


@pytest.mark.parametrize(("options", "target"), FAMILIES)
def test_estimates_are_those_of_all_rows_in_memory(path, small, options, target):
    whole = train(path, target=target, features=FEATURES, **options)
    found = train(path, target=target, features=FEATURES, memory="500MB", **options)
    assert whole.converged
    assert found.converged
    for name in ("covariance", "statistics", "log_likelihood", "loss"):
        assert close(getattr(whole, name), getattr(found, name)), name
    for one, other in zip(whole.coefficients, found.coefficients, strict=True):
        assert (one.name, one.class_) == (other.name, other.class_)
        assert close((one.estimate, one.standard_error), (other.estimate, other.standard_error))
    for name in ("test_rows", "n_rows", "n_dropped", "classes", "features", "warnings"):
        assert getattr(whole, name) == getattr(found, name), name
    assert "agree" == whole.gradient_check.verdict == found.gradient_check.verdict
    for part in ("train", "test"):
        one, other = (dict(each.metrics[part] or {}) for each in (whole, found))
        error = other.pop("auc_error", 0.0)
        assert abs(one.pop("auc", 0.5) - other.pop("auc", 0.5)) <= error + 1e-12
        assert close(one, other), part


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 5), st.booleans()), min_size=12, max_size=40), st.integers(1, 9))
@settings(max_examples=8, deadline=None)
def test_batches_of_any_size_give_the_same_sums(rows, size):
    x, count, hole = zip(*rows, strict=True)
    data = {"x": [None if h else float(v) for v, h in zip(x, hole, strict=True)], "y": [float(c) for c in count]}
    before = columns.ROWS_AT_ONCE
    columns.ROWS_AT_ONCE = size
    found = []
    try:
        for memory in (None, "1GiB"):
            try:
                result = train(data, model="poisson", l2=0.5, memory=memory)
                found.append([c.estimate for c in result.coefficients] + [result.loss])
            except DataError as refused:
                found.append([refused.message])
    finally:
        columns.ROWS_AT_ONCE = before
    assert close(*found)


def test_threads_give_the_sums_of_one():
    blocks = [slice(k, k + 1) for k in range(3 * FEWEST_BLOCKS)]
    assert (sum(range(len(blocks))), len(blocks)) == summed(lambda rows: (rows.start, 1), blocks)


# text, bytes
SIZES = [("500MB", 500_000_000), ("2 GB", 2_000_000_000), ("1GiB", 2**30), (".5 kib", 512), ("1e", None), ("0x10MB", None)]
SIZES += [("500", None), ("-1GB", None), ("1.2.3MB", None), ("", None), ("MB", None), ("5 apples", None), ("٣MB", None)]


@pytest.mark.parametrize(("text", "size"), SIZES)
def test_sizes(text, size):
    if size is None:
        with pytest.raises(UsageError, match="no amount of memory") as refused:
            bytes_of(text)
        assert "500MB" in refused.value.hint
    else:
        assert size == bytes_of(text)


# options, what is named
REFUSED = [
    ({"model": "huber"}, "--model huber"),
    ({"model": "quantile"}, "--model quantile"),
    ({"model": "linear", "folds": 5}, "--folds"),
    ({"model": "linear", "importance": True}, "--importance"),
    ({"model": "linear", "impute": "median"}, "a median"),
    ({"model": "linear", "impute": "mean", "test": 0.2}, "--impute with --test"),
    ({"model": "linear", "memory": "20MB"}, "20 MB is too little: 6 columns need about"),
    ({"model": "linear", "memory": "lots"}, "no amount of memory"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_cannot_be_had_in_batches_is_refused_by_name(path, options, words):
    with pytest.raises(UsageError, match=words) as refused:
        train(path, target="number", features=FEATURES, **{"memory": "500MB", **options})
    assert refused.value.hint


def test_a_wrong_target_is_named_by_its_row(path, small):
    data = {"x": [None, *map(float, range(200))], "y": [1.0] * 150 + [-2.0] + [3.0] * 50}
    with pytest.raises(DataError, match="is -2 in row 151"):
        train(data, model="poisson", memory="500MB")


def test_classes_told_apart_are_found_on_the_disk(small):
    x = [float(k % 97) for k in range(400)]
    found = train({"x": x, "y": [int(v > 40) for v in x]}, model="logistic", memory="500MB")
    assert not found.converged
    assert "separation: x tells the classes apart" in found.reason


def test_a_full_disk_is_said(path, monkeypatch):
    monkeypatch.setattr(spool.Spool, "complete", property(lambda self: False, lambda self, value: None), raising=False)
    with pytest.raises(FileError, match="no room for") as refused:
        train(path, target="number", features=FEATURES, model="linear", memory="500MB")
    assert "TMPDIR" in refused.value.hint


def test_the_command(path, run):
    options = ["--model", "logistic", "--target", "two", "--features", "a,b"]
    found = document(run("train", str(path), *options, "--memory", "500MB", "--json"))
    whole = document(run("train", str(path), *options, "--json"))
    assert close(whole["coefficients"], found["coefficients"])
    assert close(whole["metrics"], found["metrics"])  # of few rows, the area as well
    assert 2 == run("train", str(path), *options, "--memory", "1MB").exit_code
