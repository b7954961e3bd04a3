"""Schedules by their closed forms, as text, and what is done to gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivkit.errors import UsageError
from derivkit.optimize.blocks import in_blocks
from derivkit.optimize.descents import Clipped, ClippedByValue, Decayed, DecayedApart, Gradient
from derivkit.optimize.loop import Place
from derivkit.optimize.schedules import Cosine, Exponential, Inverse, Linear, Steps, WarmUp, constant, parse_schedule
from derivkit.optimize.settings import Settings

# PyTorch 2.13 has the same: StepLR(4, 0.5), ExponentialLR(0.9), LinearLR(1, 0.25, 8), CosineAnnealingLR(8, 0.1), and SequentialLR
# of LinearLR(1/4, 1, 3) and CosineAnnealingLR(8) with the milestone 4
CLOSED_FORMS = [
    ("constant", constant, lambda t: 1.0),
    ("step:4,0.5", Steps(4, 0.5), lambda t: 0.5 ** (t // 4)),
    ("step:4", Steps(4), lambda t: 0.1 ** (t // 4)),
    ("exponential:0.9", Exponential(0.9), lambda t: 0.9**t),
    ("inverse:0.25", Inverse(0.25), lambda t: 1 / (1 + t / 4)),
    ("linear:8,0.25", Linear(8, 0.25), lambda t: 1 - 0.75 * min(t, 8) / 8),
    ("cosine:8,0.1", Cosine(8, 0.1), lambda t: 0.1 + 0.45 * (1 + math.cos(math.pi * min(t, 8) / 8))),
    ("warmup:4", WarmUp(4), lambda t: min(1, (t + 1) / 4)),
    ("warmup:4+cosine:8", WarmUp(4, Cosine(8)), lambda t: (t + 1) / 4 if t < 4 else math.cos(math.pi * min(t - 4, 8) / 16) ** 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "schedule", "form"), CLOSED_FORMS)
def test_schedules_have_closed_forms(text, schedule, form):
    assert schedule == parse_schedule(text)
    assert pytest.approx([form(t) for t in range(20)], rel=1e-14, abs=1e-16) == [schedule(t) for t in range(20)]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "a schedule is missing"),
        ("cosin:10", "no schedule is called 'cosin'"),
        ("cosine", "cosine takes steps, last, and 0 numbers are given"),
        ("cosine:1,2,3", "and 3 numbers are given"),
        ("cosine:-1", "'-1' is no number of steps"),
        ("cosine:1e3", "'1e3' is no number of steps"),
        ("step:0", "'0' is no number of steps"),
        ("step:3,abc", "'abc' is no factor"),
        ("exponential:nan", "'nan' is no factor"),
        ("exponential:inf", "'inf' is no factor"),
        ("warmup:3+warmup:2", "no schedule is called 'warmup'"),
        ("warmup:3+", "a schedule is missing"),
        ("constant:1", "no schedule is called 'constant'"),
        ("cosine:10+step:3", "is no number of steps"),
    ],
)
def test_unusable_schedules_are_named(text, cause):
    with pytest.raises(UsageError) as caught:
        parse_schedule(text)
    assert cause in caught.value.message
    assert "warmup:10+cosine:200" in caught.value.hint


@given(st.text(max_size=30))
def test_any_text_is_a_schedule_or_one_error(text):
    try:
        assert 0 <= parse_schedule(text)(3) < math.inf
    except UsageError as error:
        assert error.hint


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"rate": 0.0}, "the learning rate must be positive, and 0 is given"),
        ({"rate": math.nan}, "the learning rate must be positive"),
        ({"momentum": 1.0}, "the momentum must be at least 0 and below 1"),
        ({"betas": (0.9, -0.1)}, "each of the betas must be at least 0 and below 1"),
        ({"epsilon": math.inf}, "epsilon must be positive"),
        ({"weight_decay": -1.0}, "the weight decay must be not negative"),
        ({"clip_norm": 0.0}, "the norm to clip at must be positive"),
        ({"clip_value": -2.0}, "the value to clip at must be positive"),
    ],
)
def test_settings_outside_their_range(chosen, message):
    with pytest.raises(UsageError, match=message):
        Settings(**chosen)


PLACE = Place(np.array([1.0, -2.0]), 0.0, np.array([3.0, -4.0]))


@pytest.mark.parametrize(
    ("descent", "expected"),
    [
        (Clipped(Gradient(), 1.0), [-0.6, 0.8]),
        (Clipped(Gradient(), 5.0), [-3.0, 4.0]),
        (ClippedByValue(Gradient(), 3.5), [-3.0, 3.5]),
        (Decayed(Gradient(), 0.5), [-3.5, 5.0]),
        (DecayedApart(Gradient(), 0.5), [-3.5, 5.0]),
        (Clipped(Decayed(Gradient(), 0.5), 1.0), [-1.1, 1.8]),
    ],
)
def test_what_is_done_to_a_gradient(descent, expected):
    direction, _ = descent.direction(PLACE, descent.start(PLACE.x))
    assert pytest.approx(expected) == direction.tolist()
    assert [3.0, -4.0] == PLACE.gradient.tolist()


@pytest.mark.parametrize("length", [0, 1, 32_768, 32_769, 262_144, 1_000_003])
def test_blocks_cover_an_array_once(length):
    seen = np.zeros(length, dtype=int)

    def work(blocks):
        for block in blocks:
            seen[block] += 1

    in_blocks(np.zeros(length), work)
    assert (seen == 1).all()
