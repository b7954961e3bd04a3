"""Test rows and folds: equal in size, fair to the classes, the same on every machine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit.data.split import _mixed, folds, shuffled, split
from derivkit.errors import DataError, UsageError


def test_the_keys_are_those_of_splitmix64():
    """The first numbers from state 1234567, as implementations in many languages print them (rosettacode.org, Splitmix64)."""
    state = np.uint64(1234567) + np.arange(1, 6, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert expected == _mixed(state).tolist()


def test_the_same_rows_forever():
    """Written down once: another version must not draw other rows for a seed."""
    assert [2, 4, 1, 0, 3] == shuffled(5, 0).tolist()
    assert [2, 4, 6, 18] == split(20, 0.2, 0).tolist()
    assert [0, 0, 1, 0, 2, 1, 2, 1] == folds(8, 3, 7).tolist()


sizes = st.integers(2, 200)
seeds = st.integers(-(2**70), 2**70)


@given(sizes, seeds)
def test_every_row_comes_once(n, seed):
    assert list(range(n)) == sorted(shuffled(n, seed).tolist())


@given(sizes, st.floats(0.01, 0.99), seeds)
def test_a_split_has_its_size(n, fraction, seed):
    size = int(n * fraction + 0.5)
    if size in (0, n):
        with pytest.raises(DataError, match="leaves no row"):
            split(n, fraction, seed)
        return
    rows = split(n, fraction, seed).tolist()
    assert sorted(set(rows)) == rows
    assert size == len(rows)
    assert rows == split(n, fraction, seed).tolist()


@given(st.lists(st.integers(0, 3), min_size=8, max_size=100), seeds)
def test_classes_share_a_split(classes, seed):
    labels = np.array(classes)
    if max(np.bincount(labels)) < 2:
        return
    rows = split(len(labels), 0.25, seed, classes=labels)
    for level, count in zip(*np.unique(labels, return_counts=True), strict=True):
        share = (labels[rows] == level).sum()
        assert share < count
        assert abs(share - 0.25 * count) <= 1 or len(np.unique(labels)) > 2


@given(sizes, st.integers(2, 12), seeds)
def test_folds_are_equal(n, k, seed):
    if k > n:
        with pytest.raises(DataError, match="cannot be dealt out"):
            folds(n, k, seed)
        return
    counts = np.bincount(folds(n, k, seed), minlength=k)
    assert (n, True) == (counts.sum(), counts.max() - counts.min() <= 1)


@given(st.lists(st.integers(0, 2), min_size=6, max_size=100), seeds)
def test_folds_are_equal_in_every_class(classes, seed):
    labels = np.array(classes)
    fold = folds(len(labels), 3, seed, classes=labels)
    for level in np.unique(labels):
        counts = np.bincount(fold[labels == level], minlength=3)
        assert counts.max() - counts.min() <= 1


def test_positions_are_uniform():
    """Chi-square of which row of ten comes first, over 3,000 seeds: 9 degrees of freedom, 27.9 at a chance of 0.001."""
    first = np.bincount([shuffled(10, seed)[0] for seed in range(3_000)], minlength=10)
    assert 27.9 > ((first - 300) ** 2 / 300).sum()


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.2, 20, float("nan")])
def test_a_part_that_is_none_is_refused(fraction):
    with pytest.raises(UsageError, match="between 0 and 1"):
        split(100, fraction, 0)


def test_what_cannot_be_split_is_refused():
    with pytest.raises(UsageError, match="too few"):
        folds(10, 1, 0)
    with pytest.raises(DataError, match="no class has a row to spare"):
        split(4, 0.5, 0, classes=[0, 1, 2, 3])
