"""Every cause of a verdict on a user's gradient, each beside a neighbour without it."""

from __future__ import annotations

from collections import Counter

import pytest

import derivkit as dk
from tests.gradient_cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_verdict_and_its_cause(case: Case) -> None:
    found = dk.check_gradient(case.fun, case.gradient, case.x, **case.options)
    assert (case.verdict, case.reason) == (found.verdict, found.reason), found.message


def test_all_three_verdicts_have_many_cases() -> None:
    counts = Counter(case.verdict for case in CASES)
    assert min(counts.values()) >= 10
    assert len(CASES) >= 60
    assert len(CASES) == len({case.name for case in CASES})
