"""Claims with known answers: the truth of every line is elementary calculus, or stands beside it."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

import derivkit as dk
from derivkit.certifying import prove
from derivkit.certifying.claim import parse_claim
from derivkit.certifying.facts import facts
from derivkit.errors import ParseError, PointError, UsageError
from derivkit.expression.parser import parse
from derivkit.expression.region import parse_region
from derivkit.functions import BALLS, row_named
from derivkit.records import Certificate
from tests.conftest import Run, document
from tests.test_sabotage import broken

PROVED, POLE, OUTSIDE, WITNESS, COUNT = "proved", "pole", "outside_domain", "witness", "count"

# expression, region, claim, what is found: proved, or the reason of a refutation
KNOWN = [
    # monotone
    ("tan(x)", "x=0..5", "increasing", POLE),
    ("tan(x)", "x=0..1.57", "increasing", PROVED),
    ("tan(x)", "x=0..pi/2", "increasing", POLE),
    ("x^3", "x=-1..1", "increasing", PROVED),
    ("x^3", "x=-1..1", "f' > 0", WITNESS),
    ("x^5 + x^3", "x=-2..2", "increasing", PROVED),
    ("-x^3", "x=-1..1", "nonincreasing", PROVED),
    ("sin(x)", "x=0..pi/2", "increasing", PROVED),
    ("sin(x)", "x=0..1.58", "increasing", WITNESS),
    ("x - sin(x)", "x=-10..10", "increasing", PROVED),
    ("x*exp(-x)", "x=0..1", "increasing", PROVED),
    ("x*exp(-x)", "x=0..1.001", "increasing", WITNESS),
    ("x*exp(-x)", "x=0..3", "monotone", WITNESS),
    ("exp(-x)", "x=-5..5", "monotone", PROVED),
    ("3", "x=0..1", "increasing", PROVED),
    ("abs(x)", "x=-1..1", "increasing", WITNESS),
    ("sqrt(x)", "x=0..4", "increasing", PROVED),
    ("cbrt(x)", "x=-1..1", "increasing", PROVED),
    ("floor(x)", "x=0..3", "increasing", PROVED),
    ("x - floor(x)", "x=0..2.5", "increasing", WITNESS),
    ("piecewise((x, x < 0), (x - 1, true))", "x=-1..1", "increasing", WITNESS),
    ("abs(x) + 2x", "x=-1..1", "increasing", PROVED),
    ("relu(x)", "x=-1..1", "increasing", PROVED),
    ("atan(x)", "x=-100..100", "increasing", PROVED),
    ("gamma(x)", "x=1.5..5", "increasing", PROVED),  # gamma's only minimum on x > 0 is at 1.4616 (DLMF 5.4.19)
    ("gamma(x)", "x=1.46..5", "increasing", WITNESS),
    ("x + 1e-9*sin(1e10*x)", "x=0..1", "increasing", WITNESS),  # f' = 1 + 10 cos(...)
    ("x + 1e-9*sin(1e8*x)", "x=0..0.001", "increasing", PROVED),  # f' = 1 + 0.1 cos(...)
    # defined everywhere
    ("1/x", "x=-1..1", "decreasing", POLE),
    ("1/x", "x=1..2", "decreasing", PROVED),
    ("1/x^2", "x=-1..2", "f > 0", POLE),
    ("1/(x^2 - 2)", "x=0..2", "defined", POLE),
    ("1/(x^2 - 2)^2", "x=0..2", "defined", POLE),
    ("1/(1 - cos(x))", "x=-1..2", "defined", POLE),
    ("1/(x^2 + 1e-12)", "x=-1..1", "defined", PROVED),
    ("(x^2 - 1)/(x - 1)", "x=0..3", "increasing", POLE),
    ("sin(1/x)", "x=0..1", "f <= 1", POLE),
    ("sin(1/x)", "x=0.001..1", "f <= 1", PROVED),
    ("log(x)", "x=0..1", "defined", OUTSIDE),
    ("sqrt(x)", "x=0..1", "defined", PROVED),
    ("sqrt(x - sin(x))", "x=0..1", "defined", PROVED),
    ("sqrt(sin(x))", "x=0..pi", "defined", PROVED),
    ("sqrt(sin(x))", "x=0..3.15", "defined", OUTSIDE),
    ("asin(x)", "x=-1..1", "defined", PROVED),
    ("asin(x)", "x=-1..1.0000001", "defined", OUTSIDE),
    ("x^(1/3)", "x=-1..1", "defined", OUTSIDE),
    ("cbrt(x)", "x=-1..1", "defined", PROVED),
    ("gamma(x)", "x=-2.5..1", "defined", POLE),
    ("zeta(x)", "x=0..2", "defined", POLE),
    ("1/(x - y)", "x=0..1, y=0..1.5", "defined", POLE),
    ("log(x*y)", "x=1..2, y=-1..1", "defined", OUTSIDE),
    ("piecewise((1, x < 0))", "x=-1..1", "defined", OUTSIDE),
    # comparisons
    ("x^2 - 2x + 1", "x=-1..3", "f >= 0", PROVED),
    ("x^2 - 2x + 1", "x=-1..3", "f > 0", WITNESS),
    ("x^4 - 4x^2 + 4", "x=0..3", "f >= 0", PROVED),
    ("(x - 1)^2 + 1e-9", "x=-1..3", "f > 0", PROVED),
    ("exp(x)", "x=-2..2", "f >= 1 + x", PROVED),
    ("exp(x)", "x=-2..2", "f > 1 + x", WITNESS),
    ("exp(x)", "x=-3..3", "f' > f - 1", PROVED),
    ("1 + x^2", "x=-1..1", "1 <= f <= 2", PROVED),
    ("1 + x^2", "x=-1..1", "1 < f <= 2", WITNESS),
    ("cos(x)", "x=-1..1", "f >= 1 - x^2/2", PROVED),
    ("sin(x)/x", "x=0.1..3", "cos(x) < f < 1", PROVED),
    ("log(x)", "x=0.1..2", "f''' > 0", PROVED),
    ("1/3 - x", "x=0..1/3", "f >= 0", PROVED),
    ("1e-5 - exp(-1e16*(x - 0.123456789)^2)", "x=0..1", "f > 0", WITNESS),  # a hole 1e-8 wide
    ("x^2*y", "x=0..1, y=0..1", "df/dx >= 0", PROVED),
    ("x^2*y", "x=0..1, y=-1..1", "df/dx >= 0", WITNESS),
    ("x^2 - x*y + y^2", "x=-1..1, y=-1..1", "f >= 0", PROVED),
    ("x^2 - 2x*y + y^2", "x=0..1, y=0..1", "f >= 0", PROVED),
    ("100(y - x^2)^2 + (1 - x)^2", "x=-2..2, y=-1..3", "f >= 0", PROVED),
    ("floor(x)", "x=0.5..2.5", "0 <= f < 3", PROVED),
    # signs that balls cannot show
    ("exp(x)", "x=-1e6..0", "f > 0", PROVED),
    ("exp(-x)", "x=0..1e9", "convex", PROVED),
    ("exp(exp(x))", "x=0..100", "increasing", PROVED),
    ("exp(-x^2)*cosh(x)", "x=-1e6..1e6", "f > 0", PROVED),
    ("-exp(x) - x^4", "x=-1e6..0", "f < 0", PROVED),
    ("exp(x)*x^3", "x=-1e6..0", "f <= 0", PROVED),
    ("exp(x)*x^3", "x=-1e6..0", "f < 0", WITNESS),
    ("exp(x) - exp(y)", "x=-1e3..0, y=-1e3..0", "f > 0", WITNESS),
    ("log(x^2 + 1e-40)", "x=-1..1", "defined", PROVED),
    ("1/(x^4 + 1e-90)", "x=-1..1", "defined", PROVED),
    ("asin(x)", "x=-1..1", "increasing", PROVED),
    ("acos(x)", "x=-1..1", "decreasing", PROVED),
    ("0*x", "x=-1..1", "one root", COUNT),
    ("(x - 1)^2 - x^2 + 2x - 1", "x=-1..1", "no root", COUNT),
    # curvature
    ("x^4", "x=-1..1", "convex", PROVED),
    ("x^4 - 1e-9*x^2", "x=-1..1", "convex", WITNESS),
    ("sin(x)", "x=0..pi", "concave", PROVED),
    ("abs(x)", "x=-1..1", "convex", PROVED),
    ("max(x^2, 1 - x)", "x=-2..2", "convex", PROVED),
    ("abs(x) + sin(x)", "x=-1..1", "convex", WITNESS),
    ("abs(x^2 - 1)", "x=-2..2", "convex", WITNESS),
    ("-abs(x)", "x=-1..1", "convex", WITNESS),
    ("min(x, 1 - x)", "x=0..1", "convex", WITNESS),
    ("sqrt(x)", "x=0..4", "concave", PROVED),
    ("x^2 + x*y + y^2", "x=-1..1, y=-1..1", "convex", PROVED),
    ("x*y", "x=-1..1, y=-1..1", "convex", WITNESS),
    ("x^4 + y^4", "x=-1..1, y=-1..1", "convex", PROVED),
    ("exp(x + y)", "x=0..1, y=0..1", "convex", PROVED),
    ("logsumexp(x, y)", "x=-3..3, y=-3..3", "convex", PROVED),
    ("hypot(x, y)", "x=-1..1, y=-1..1", "convex", PROVED),
    # slopes
    ("sin(x)", "x=-10..10", "lipschitz 1", PROVED),
    ("sin(x)", "x=-1..1", "lipschitz 0.999", WITNESS),
    ("abs(x)", "x=-1..1", "lipschitz 1", PROVED),
    ("x^2*y", "x=0..1, y=0..1", "lipschitz sqrt(5)", PROVED),  # |grad|^2 = 4 x^2 y^2 + x^4 is 5 at (1, 1)
    ("x^2*y", "x=0..1, y=0..1", "lipschitz 2.2", WITNESS),
    ("floor(x)", "x=0..3", "lipschitz 10", WITNESS),
    ("cbrt(x)", "x=-1..1", "lipschitz 100", WITNESS),
    # roots
    ("cos(x) - x", "x=0..pi", "one root", PROVED),
    ("x^3 - x", "x=-2..2", "3 roots", PROVED),
    ("x^3 - x", "x=-1..1", "three roots", PROVED),  # two of them at the ends
    ("x^3 - x", "x=-2..2", "one root", COUNT),
    ("sin(x)", "x=0..2pi", "3 roots", PROVED),
    ("x^2 - 2x + 1", "x=0..3", "one root", PROVED),  # double
    ("x^4 - 4x^2 + 4", "x=-3..3", "two roots", PROVED),  # both double and irrational
    ("x^2 - 1e-12", "x=-1..1", "two roots", PROVED),
    ("exp(x)", "x=-9..9", "no root", PROVED),
    ("x*sin(1/x)", "x=0.01..1", "31 zeros", PROVED),  # 1/(k pi) for k = 1 ... 31
    ("x^3", "x=-1..1", "exactly one root", PROVED),
    ("besselj(0, x)", "x=0..20", "6 roots", PROVED),  # DLMF table 10.21(vi): the sixth is 18.07, the seventh 21.21
]

# true claims that cannot be proved so, and why not
UNDECIDED = [
    ("x^4 - 2x^2*y^2 + y^4", "x=-1..1, y=-1..1", "f >= 0", "touching"),  # 0 on both diagonals, and not convex
    ("abs(x)", "x=-1..1", "f' <= 1", "kink"),
    ("sign(x)*x", "x=-1..1", "convex", "jump"),
    ("piecewise((sin(x)/x, x != 0), (1, true))", "x=-1..1", "f <= 1", "pole"),
    ("sin(x)^2 + cos(x)^2", "x=0..100", "f > 0.9999999", "budget"),
]


def certificate(text: str, region: str, claim: str, **limits: Any) -> Certificate:
    on = parse_region(region)
    return prove.certify(parse(text).graph, on, parse_claim(claim, tuple(on)), **limits)


@pytest.mark.parametrize(("text", "region", "claim", "expected"), KNOWN)
def test_known_answers(text: str, region: str, claim: str, expected: str) -> None:
    found = certificate(text, region, claim)
    assert expected == (found.verdict if found.verdict != "refuted" else found.reason), found.message


@pytest.mark.parametrize("claim", ["increasing", "decreasing", "lipschitz 1/2", "lipschitz 0.49"])
def test_a_convention_at_a_kink_refutes_nothing(claim: str) -> None:
    """The function is x/2; the table's convention for relu at 0 gives it the slope -1/2 there."""
    found = certificate("relu(x) - relu(-x) - x/2", "x=-1..1", claim)
    assert found.witness is None or found.witness.at["x"] != 0
    assert ("increasing" in claim or "1/2" in claim) <= (found.verdict != "refuted")


def test_a_jump_behind_a_lost_ball_is_not_overlooked() -> None:
    """Near 0 no ball of the root is known; the floor behind it may jump, though the rules say that its slope is 0."""
    found = certificate("floor(1 - sqrt(x - sin(x)))", "x=0..1/4", "lipschitz 1")
    assert "proved" != found.verdict


def test_a_region_may_be_a_point() -> None:
    assert (9.0, 9.0) == facts(parse("x^2").graph, parse_region("x=3")).range


@pytest.mark.parametrize(("text", "region", "claim", "reason"), UNDECIDED)
def test_what_cannot_be_decided_says_why(text: str, region: str, claim: str, reason: str) -> None:
    found = certificate(text, region, claim, boxes=2000)
    assert ("undecided", reason) == (found.verdict, found.reason), found.message
    assert found.witness is None


@pytest.mark.parametrize(
    ("text", "region", "at"),
    [
        ("tan(x)", "x=0..5", math.pi / 2),
        ("1/(x^2 - 2)", "x=0..2", math.sqrt(2)),
        ("1/(x^2 - 2)^2", "x=0..2", math.sqrt(2)),
        ("1/(3x - 1)", "x=0..1", 1 / 3),
        ("gamma(x)", "x=-2.5..-1.5", -2.0),
        ("(x^2 - 1)/(x - 1)", "x=0..3", 1.0),
    ],
)
def test_the_pole_is_located(text: str, region: str, at: float) -> None:
    found = certificate(text, region, "increasing")
    assert found.witness is not None
    assert at == pytest.approx(found.witness.at["x"], rel=1e-14)


def test_a_witness_is_exact_and_its_numbers_are_enclosed() -> None:
    found = certificate("x^3 - x", "x=-2..2", "f' >= 0")
    assert found.witness is not None
    x = found.witness.at["x"]
    low, high = found.witness.values["f'"]
    assert low <= 3 * x * x - 1 <= high < 0
    assert "0" == found.witness.exact["x"]


def test_roots_are_enclosed() -> None:
    found = certificate("cos(x) - x", "x=0..pi", "one root")
    assert found.roots is not None
    ((low, high),) = found.roots
    assert low <= 0.7390851332151607 <= high  # the Dottie number, OEIS A003957
    assert high - low < 4e-16


def test_what_is_known_without_a_claim() -> None:
    found = facts(parse("x^3 - x").graph, parse_region("x=-2..2"))
    assert ("proved", (-6.0, 6.0)) == (found.verdict, found.range)
    said = {fact.claim: fact for fact in found.facts}
    assert (-1.0, 11.0) == said["lipschitz 11"].range
    assert "refuted" == said["monotone"].verdict == said["convex"].verdict == said["concave"].verdict


@pytest.mark.parametrize(
    ("text", "region", "low", "high"),
    [
        ("x*exp(-x)", "x=0..5", 0, math.exp(-1)),
        ("100(y - x^2)^2 + (1 - x)^2", "x=-2..2, y=-1..3", 0, 2509),  # Rosenbrock's function: 2509 at (-2, -1)
        ("gamma(x)", "x=0.5..3", 0.8856031944108887, 2),  # DLMF 5.4.20
        ("sin(x) + sin(10x/3)", "x=2.7..7.5", -1.899599349152, 0.88831478012),  # mpmath.findroot
        ("sqrt(x)", "x=0..4", 0, 2),
    ],
)
def test_the_range_is_tight(text: str, region: str, low: float, high: float) -> None:
    found = facts(parse(text).graph, parse_region(region))
    assert found.range is not None
    assert low == pytest.approx(found.range[0], rel=1e-9, abs=1e-9)
    assert high == pytest.approx(found.range[1], rel=1e-8)


def test_an_undefined_function_has_no_other_facts() -> None:
    found = facts(parse("tan(x)").graph, parse_region("x=0..5"))
    assert ("refuted", "pole", (), None) == (found.verdict, found.reason, found.facts, found.range)


def test_a_jump_has_no_slope_to_bound() -> None:
    known = facts(parse("floor(x)").graph, parse_region("x=0..3"), boxes=2000).facts
    assert ["increasing"] == [fact.claim for fact in known if fact.verdict == "proved"]


def test_the_budget_of_boxes_and_of_time_is_kept() -> None:
    one = "sin(x)^2 + cos(x)^2"
    few = certificate(one, "x=0..100", "f > 0.9999999", boxes=50)
    assert ("undecided", "budget", 50) == (few.verdict, few.reason, few.boxes)
    start = time.monotonic()
    late = certificate(one, "x=0..100", "f > 1 - 1e-12", boxes=10**7, seconds=0.3)
    assert ("undecided", "budget") == (late.verdict, late.reason)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("claim", "span"),
    [
        ("", (0, 0)),
        ("increasin", (0, 9)),
        ("f' >> 2", (3, 5)),
        ("f > z", (4, 5)),
        ("f > 2 +", (6, 7)),
        ("f = 2", (2, 3)),
        ("3 > 2", (0, 5)),
        ("f' > sinn(x)", (5, 9)),
        ("some roots", (0, 4)),
        ("lipschitz", (0, 9)),
        ("lipschitz x", (9, 11)),
        ("1 < f < 2 < 3", (10, 11)),
        ("df/dz > 0", (0, 5)),
        ("f^(9) > 0", (0, 5)),
        ("__import__('os') > f", None),
    ],
)
def test_what_is_no_claim_is_shown_where_it_is_wrong(claim: str, span: tuple[int, int] | None) -> None:
    with pytest.raises((ParseError, PointError)) as caught:
        parse_claim(claim, ["x"])
    assert caught.value.text == claim
    assert span is None or span == caught.value.span


@pytest.mark.parametrize(
    "claim", ["f'' > 0", "f^(2) > 0", "f′′ > 0", "d2f/dx2 > 0", "d^2f/dx^2 > 0", "f''(x) > 0", "0 < f''", "2f'' > f''"]
)
def test_derivatives_may_be_written_in_several_ways(claim: str) -> None:
    assert "proved" == certificate("x^2", "x=-1..1", claim).verdict


def test_a_variable_f_does_not_name_the_function() -> None:
    with pytest.raises(ParseError, match="cannot name"):
        parse_claim("f > 0", ["f"])


def test_claims_about_one_variable_need_one() -> None:
    with pytest.raises(UsageError, match="one variable"):
        certificate("x*y", "x=0..1, y=0..1", "increasing")


def test_from_python() -> None:
    assert "pole" == dk.certify("tan(x)", on={"x": (0, 5)}, claim="increasing").reason
    assert "proved" == dk.certify(dk.parse("sin(x)"), "x=0..pi/2", claim="increasing").verdict
    assert (0.0, 1.0) == dk.certify("x^2", {"x": (-1, 1)}).range
    with pytest.raises(TypeError):
        bool(dk.certify("x", {"x": (0, 1)}))
    for strange in ({"y": (0, 1)}, {"x": (1, 0)}, {"x": 3}, {"x": (0, math.inf)}, {}):
        with pytest.raises(PointError):
            dk.certify("x", strange, claim="f > 0")


@pytest.mark.parametrize(
    ("arguments", "status"), [("f' > 0", 1), ("increasing", 0), ("f' <= 3*x^2", 0), ("what", 2), ("f > 1e-5*", 2)]
)
def test_the_exit_status_says_it(run: Run, arguments: str, status: int) -> None:
    assert status == run("certify", "x^3", "--on", "x=-1..1", "--claim", arguments).exit_code


def test_undecided_is_refused(run: Run) -> None:
    found = run("certify", "sign(x)*x", "--on", "x=-1..1", "--claim", "convex", "--json")
    assert 3 == found.exit_code
    assert ("undecided", "jump", None) == tuple(document(found)[key] for key in ("verdict", "reason", "witness"))


def test_bounds_on_values_hold_the_truth(run: Run) -> None:
    found = document(run("diff", "sin(x)", "--at", "x=1", "--certify", "--json"))
    low, high = found["enclosure"]
    assert low <= 0.5403023058681397 < 0.5403023058681398 <= high  # cos(1) = 0.540302305868139717..., OEIS A049470
    assert found["enclosure_error"] < 6e-17


def test_bounds_need_a_point(run: Run) -> None:
    found = run("grad", "x*y", "--certify", "--json")
    assert (2, "name one with --at: --at x=1,y=1") == (found.exit_code, document(found)["error"]["hint"])


def test_every_entry_has_bounds(run: Run) -> None:
    found = document(run("hessian", "x^2*y^3", "--at", "x=1,y=2", "--certify", "--json"))
    assert [[[16, 16], [24, 24]], [[24, 24], [12, 12]]] == [[entry["enclosure"] for entry in row] for row in found["hessian"]]


def test_no_bounds_where_rules_are_conventions(run: Run) -> None:
    assert "enclosure" not in document(run("diff", "abs(x)", "--at", "x=0", "--certify", "--no-check", "--json"))


@pytest.mark.parametrize("name", ["sin", "exp", "sqrt", "atan"])
def test_a_broken_ball_is_noticed(name: str) -> None:
    """The soundness test of the rows sees a ball that is too narrow, and the proof it would give is a wrong one."""
    from tests.test_functions_balls import strays

    assert [] == strays(row_named(name))
    with broken(name, ball="tests.test_certify:middle_only"):
        assert [] != strays(row_named(name))


def middle_only(x: Any) -> Any:
    """A ball routine that forgets the radius."""
    return BALLS.function(row_named("cos"))(x.mid())
