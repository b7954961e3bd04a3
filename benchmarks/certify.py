"""Boxes and seconds of ten proofs on whole regions.

    python benchmarks/certify.py

Exits with 1 where an answer is not the known one.
"""

from __future__ import annotations

import sys
import time

from derivkit.certifying.claim import parse_claim
from derivkit.certifying.prove import certify
from derivkit.expression.parser import parse
from derivkit.expression.region import parse_region

PROBLEMS = (
    ("tan(x)", "x=0..5", "increasing", "refuted"),
    ("x - sin(x)", "x=-10..10", "increasing", "proved"),
    ("sin(1/x)", "x=0.001..1", "lipschitz 1e6", "proved"),
    ("x*sin(1/x)", "x=0.001..1", "318 roots", "proved"),  # 1/(k pi) for k = 1 ... 318
    ("besselj(0, x)", "x=0..100", "32 roots", "proved"),  # j_{0,k} is near (k - 1/4) pi: 99.75 for k = 32
    ("x + 1e-9*sin(1e8*x)", "x=0..0.001", "increasing", "proved"),
    ("1e-5 - exp(-1e16*(x - 0.123456789)^2)", "x=0..1", "f > 0", "refuted"),
    ("100(y - x^2)^2 + (1 - x)^2", "x=-2..2, y=-1..3", "-1e-9 < f < 2509.0001", "proved"),  # Rosenbrock
    ("4x^2 - 2.1x^4 + x^6/3 + x*y - 4y^2 + 4y^4", "x=-3..3, y=-2..2", "f > -1.0317", "proved"),  # six-hump camel: -1.03162845
    ("x^2 + y^2 + z^2 + sin(x*y*z)", "x=0..1, y=0..1, z=0..1", "convex", "proved"),
)


def main() -> None:
    """Answer every question and print a table."""
    certify(parse("x").graph, parse_region("x=0..1"), parse_claim("f >= 0", ["x"]))  # imports
    wrong = []
    print(f"{'f':42} {'on':22} {'claim':22} {'verdict':9} {'boxes':>6} {'seconds':>8}")
    for text, region, claim, expected in PROBLEMS:
        on = parse_region(region)
        start = time.perf_counter()
        found = certify(parse(text).graph, on, parse_claim(claim, tuple(on)))
        seconds = time.perf_counter() - start
        print(f"{text:42} {region:22} {claim:22} {found.verdict:9} {found.boxes:6} {seconds:8.3f}")
        if found.verdict != expected:
            wrong.append(f"{text}: {found.verdict} is not {expected}: {found.message}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
