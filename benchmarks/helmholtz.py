"""From text to gradient value: Griewank's Helmholtz energy, beside SymPy's diff and lambdify.

    python benchmarks/helmholtz.py            # 50 components, SymPy at 10
    python benchmarks/helmholtz.py --small    # a few seconds, for CI
    python benchmarks/helmholtz.py --sympy 50 # SymPy at 50 as well: about a minute

Source: Griewank, On automatic differentiation, in Mathematical Programming (1989), section 4.
"""

from __future__ import annotations

import argparse
import math
import time
from random import Random

from derivkit.expression.parser import parse
from derivkit.tape.differentiate import value_and_gradient


def coefficients(n: int) -> tuple[list[list[float]], list[float]]:
    """The matrix and the vector of the energy of `n` components: random decimals."""
    random = Random(n)
    a = [[round(random.uniform(0.1, 1), 3) for _ in range(n)] for _ in range(n)]
    return a, [round(random.uniform(0.001, 0.01), 4) for _ in range(n)]


def helmholtz(n: int) -> str:
    """The energy of a mixture of `n` components in its mixed-phase form, as text."""
    a, b = coefficients(n)
    x = [f"x{i + 1}" for i in range(n)]
    bx = "(" + "+".join(f"{b[i]}*{x[i]}" for i in range(n)) + ")"
    quadratic = "(" + "+".join(f"{a[i][j]}*{x[i]}*{x[j]}" for i in range(n) for j in range(n)) + ")"
    logs = "+".join(f"{x[i]}*log({x[i]}/(1-{bx}))" for i in range(n))
    return f"8.3*({logs}) - {quadratic}/(sqrt(8)*{bx})*log((1+(1+sqrt(2))*{bx})/(1+(1-sqrt(2))*{bx}))"


def point(n: int) -> dict[str, float]:
    return {f"x{i + 1}": 0.5 + 0.01 * i for i in range(n)}


def ours(n: int) -> tuple[float, list[float]]:
    text, at = helmholtz(n), point(n)
    start = time.perf_counter()
    _, gradient = value_and_gradient(parse(text).graph, at)
    return time.perf_counter() - start, [gradient[name] for name in sorted(gradient)]


def sympys(n: int) -> tuple[float, list[float]]:
    """SymPy with its own best practice: one diff a variable, one lambdify with common subexpressions taken out."""
    import sympy

    from derivkit.symbolic.convert import to_sympy

    graph, at = parse(helmholtz(n)).graph, point(n)
    expression = to_sympy(graph)
    names = sorted(at)
    symbols = [sympy.Symbol(name, real=True) for name in names]
    start = time.perf_counter()
    function = sympy.lambdify(symbols, [expression.diff(s) for s in symbols], modules="math", cse=True)
    gradient = function(*(at[name] for name in names))
    return time.perf_counter() - start, list(gradient)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--small", action="store_true", help="10 components only")
    arguments.add_argument("--sympy", type=int, default=None, help="components for SymPy")
    given = arguments.parse_args()
    size = 10 if given.small else 50
    seconds = min(ours(size)[0] for _ in range(3))
    print(f"derivkit  n={size:3d}  text to gradient {seconds:8.3f} s  ({len(helmholtz(size)):,} characters)")
    size = given.sympy or (5 if given.small else 10)
    theirs, expected = sympys(size)
    mine, found = ours(size)
    worst = max(abs(e - f) / abs(e) for e, f in zip(expected, found, strict=True))
    print(f"SymPy     n={size:3d}  diff + lambdify(cse) {theirs:8.3f} s, derivkit {mine:.3f} s, ratio {theirs / mine:,.0f}")
    print(f"largest relative difference of the two gradients: {worst:.1e}")
    if not math.isfinite(worst) or worst > 1e-9:
        raise SystemExit("the gradients differ")


if __name__ == "__main__":
    main()
