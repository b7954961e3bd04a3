"""Proofs are never contradicted, and witnesses are never wrong: random functions beside mpmath's values."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from derivkit.certifying.claim import parse_claim
from derivkit.certifying.prove import certify
from derivkit.expression.parser import parse
from derivkit.expression.region import parse_region
from derivkit.records import Witness

CASES = 80
SAMPLES = 60
CLAIMS = (
    "increasing",
    "decreasing",
    "convex",
    "concave",
    "f > BOUND",
    "f <= BOUND",
    "f' > BOUND",
    "lipschitz SIZE",
    "one root",
    "no root",
)

Function = Callable[[Any], Any]
UNARY: dict[str, Function] = {
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "exp": mpmath.exp,
    "atan": mpmath.atan,
    "tanh": mpmath.tanh,
    "abs": abs,
    "sqrt": lambda x: real(mpmath.sqrt, x, x >= 0),
    "log": lambda x: real(mpmath.log, x, x > 0),
    "tan": mpmath.tan,
    "floor": mpmath.floor,
    "asinh": mpmath.asinh,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
}


def real(function: Function, x: Any, defined: bool) -> Any:
    """A function where it is real, and an error elsewhere."""
    if not defined:
        raise ValueError
    return function(x)


def draw(rng: random.Random, depth: int) -> tuple[str, Function]:
    """An expression, as text and as a function of mpmath's numbers."""
    kind = rng.random()
    if depth == 0 or kind < 0.15:
        if rng.random() < 0.75:
            return "x", lambda x: x
        number = Fraction(rng.randint(-12, 12), rng.choice((1, 2, 3, 5)))
        return f"({number})", lambda x: mpmath.mpf(number.numerator) / number.denominator
    if kind < 0.45:
        name = rng.choice(list(UNARY))
        text, inner = draw(rng, depth - 1)
        return f"{name}({text})", lambda x: UNARY[name](inner(x))
    if kind < 0.55:
        power = rng.choice((2, 3, 4, -1, -2))
        text, inner = draw(rng, depth - 1)
        return f"({text})^({power})", lambda x: inner(x) ** power
    symbol = rng.choice("++-**/")
    (a, f), (b, g) = draw(rng, depth - 1), draw(rng, depth - 1)
    combine: dict[str, Function] = {
        "+": lambda x: f(x) + g(x),
        "-": lambda x: f(x) - g(x),
        "*": lambda x: f(x) * g(x),
        "/": lambda x: f(x) / g(x),
    }
    return f"({a} {symbol} {b})", combine[symbol]


def value(function: Function, x: Any) -> Any:
    """A real value, or None where there is none."""
    try:
        found = function(x)
    except (ZeroDivisionError, ValueError):
        return None
    if isinstance(found, mpmath.mpc):
        return None if found.imag else found.real
    return found if mpmath.isfinite(found) else None


def samples(rng: random.Random, low: Fraction, high: Fraction) -> list[Any]:
    """Points of an interval, some of them close together, in order."""
    shares = [rng.random() for _ in range(SAMPLES)] + [0, 1, 0.5]
    shares += [min(1.0, shares[0] + 10.0**-k) for k in range(2, 8)]
    span = mpmath.mpf(high.numerator) / high.denominator - mpmath.mpf(low.numerator) / low.denominator
    return sorted({mpmath.mpf(low.numerator) / low.denominator + span * share for share in shares})


def contradiction(claim: str, xs: list[Any], ys: list[Any], bound: Fraction, size: Fraction) -> str | None:
    """Two or three points that a claim does not allow; differences of mpmath's values, by no rule of differentiation."""
    tiny = mpmath.mpf(10) ** -35
    pairs = list(zip(zip(xs, ys, strict=True), list(zip(xs, ys, strict=True))[1:], strict=False))
    triples = zip(zip(xs, ys, strict=True), list(zip(xs, ys, strict=True))[1:], list(zip(xs, ys, strict=True))[2:], strict=False)
    number = mpmath.mpf(bound.numerator) / bound.denominator
    slack = tiny * (1 + max(abs(y) for y in ys))
    if claim in ("increasing", "decreasing"):
        turn = 1 if claim == "increasing" else -1
        wrong = [a for (a, fa), (_, fb) in pairs if turn * (fb - fa) < -slack]
    elif claim in ("convex", "concave"):
        turn = 1 if claim == "convex" else -1
        wrong = [b for (a, fa), (b, fb), (c, fc) in triples if turn * ((fc - fa) * (b - a) - (fb - fa) * (c - a)) < -slack]
    elif claim == "f > BOUND":
        wrong = [x for x, y in zip(xs, ys, strict=True) if y <= number]
    elif claim == "f <= BOUND":
        wrong = [x for x, y in zip(xs, ys, strict=True) if y > number + slack]
    elif claim == "f' > BOUND":
        wrong = [a for (a, fa), (b, fb) in pairs if fb - fa <= number * (b - a) - slack]
    elif claim == "lipschitz SIZE":
        most = mpmath.mpf(size.numerator) / size.denominator
        wrong = [a for (a, fa), (b, fb) in pairs if abs(fb - fa) > most * (b - a) + slack]
    elif claim == "no root":
        wrong = [a for (a, fa), (b, fb) in pairs if fa * fb < 0]  # where all is defined and nothing jumps
    else:
        changes = [a for (a, fa), (b, fb) in pairs if fa * fb < 0]
        wrong = changes[1:]
    return None if not wrong else f"at {mpmath.nstr(wrong[0], 20)}"


@pytest.mark.parametrize("seed", range(CASES))
def test_no_proof_is_contradicted_and_every_witness_holds(seed: int) -> None:
    rng = random.Random(seed)
    text, function = draw(rng, 3)
    low = Fraction(rng.randint(-8, 8), rng.choice((1, 2, 4)))
    high = low + Fraction(rng.randint(1, 12), rng.choice((1, 2, 3)))
    bound, size = Fraction(rng.randint(-6, 6), 2), Fraction(rng.randint(1, 12), 2)
    claim = rng.choice(CLAIMS)
    spelled = claim.replace("BOUND", f"({bound})").replace("SIZE", str(size))
    answer = certify(parse(text).graph, parse_region(f"x={low}..{high}"), parse_claim(spelled, ["x"]), boxes=400, seconds=10)
    case = f"{text} on {low}..{high}: {spelled}"
    with mpmath.workdps(50):
        if answer.verdict == "proved":
            xs = samples(rng, low, high)
            ys = [value(function, x) for x in xs]
            assert None not in ys, case
            assert contradiction(claim, xs, ys, bound, size) is None, case
        elif answer.reason == "witness":
            assert answer.witness is not None
            x = parse_value(answer.witness.exact["x"])
            held = witnessed(claim, function, x, bound, size)
            assert held, f"{case}: {answer.message}"
        elif answer.verdict == "refuted" and answer.witness is not None and (x := rational(answer.witness)) is not None:
            assert value(function, x) is None, f"{case}: {answer.message}"
        else:
            assert answer.verdict in ("refuted", "undecided")


def rational(witness: Witness) -> Any:
    """The place of a pole, if it is a rational number: of another, no number of digits is the place itself."""
    text = witness.exact.get("x")
    number = None if text is None else parse(text).graph
    return None if number is None or len(number) > 3 or "pi" in str(text) or "sqrt" in str(text) else parse_value(str(text))


def parse_value(text: str) -> Any:
    """An exact number as mpmath's: derivkit writes it as a constant expression."""
    from derivkit.symbolic.convert import to_sympy

    number = to_sympy(parse(text).graph)
    return mpmath.mpf(number.p) / number.q if number.is_Rational else mpmath.mpf(number.evalf(60))


def witnessed(claim: str, function: Function, x: Any, bound: Fraction, size: Fraction) -> bool:
    """Whether a claim fails at a point, by mpmath's differences of many digits."""
    number = mpmath.mpf(bound.numerator) / bound.denominator
    tiny = mpmath.mpf(10) ** -8
    if claim in ("f > BOUND", "f <= BOUND"):
        y = value(function, x)
        return bool(y <= number if claim == "f > BOUND" else y > number)
    order = 2 if claim in ("convex", "concave") else 1
    step = mpmath.mpf(10) ** -12
    slopes = [_one_sided(function, x, side * step, order) for side in (1, -1)]
    known = [slope for slope in slopes if slope is not None]
    checks: dict[str, Function] = {
        "increasing": lambda s: s < tiny,
        "decreasing": lambda s: s > -tiny,
        "convex": lambda s: s < tiny,
        "concave": lambda s: s > -tiny,
        "f' > BOUND": lambda s: s <= number + tiny * (1 + abs(number)),
        "lipschitz SIZE": lambda s: abs(s) >= mpmath.mpf(size.numerator) / size.denominator - tiny,
    }
    return bool(known) and any(checks[claim](slope) for slope in known)


def _one_sided(function: Function, x: Any, step: Any, order: int) -> Any:
    """A difference quotient on one side of a point, of second order in the step."""
    ys = [value(function, x + k * step) for k in range(order + 3)]
    if None in ys:
        return None
    if order == 1:
        return (-3 * ys[0] + 4 * ys[1] - ys[2]) / (2 * step)
    return (2 * ys[0] - 5 * ys[1] + 4 * ys[2] - ys[3]) / step**2
