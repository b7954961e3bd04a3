"""Long functions to minimize, written as text in derivkit's language: by number of Moré, Garbow and Hillstrom, and of VLSE."""

from __future__ import annotations

from collections.abc import Iterable


def _squares(residuals: Iterable[str]) -> str:
    return " + ".join(f"({residual})^2" for residual in residuals)


def _sum(terms: Iterable[str]) -> str:
    return " + ".join(terms)


BARD = "0.14 0.18 0.22 0.25 0.29 0.32 0.35 0.39 0.37 0.58 0.73 0.96 1.34 2.10 4.39"
GAUSSIAN = "0.0009 0.0044 0.0175 0.0540 0.1295 0.2420 0.3521 0.3989 0.3521 0.2420 0.1295 0.0540 0.0175 0.0044 0.0009"
MEYER = (34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872)
KOWALIK = "0.1957 0.1947 0.1735 0.1600 0.0844 0.0627 0.0456 0.0342 0.0323 0.0235 0.0246"
KOWALIK_U = "4 2 1 0.5 0.25 0.167 0.125 0.1 0.0833 0.0714 0.0625"
OSBORNE = (
    "0.844 0.908 0.932 0.936 0.925 0.908 0.881 0.850 0.818 0.784 0.751 0.718 0.685 0.658 0.628 0.603 0.580 "
    "0.558 0.538 0.522 0.506 0.490 0.478 0.467 0.457 0.448 0.438 0.431 0.424 0.420 0.414 0.411 0.406"
)


def jennrich_sampson(m: int = 10) -> str:
    return _squares(f"2 + 2*{i} - (exp({i}*x1) + exp({i}*x2))" for i in range(1, m + 1))


def bard() -> str:
    return _squares(f"{y} - (x1 + {u}/({16 - u}*x2 + {min(u, 16 - u)}*x3))" for u, y in enumerate(BARD.split(), start=1))


def gaussian() -> str:
    return _squares(f"x1*exp(-x2*(({8 - i})/2 - x3)^2/2) - {y}" for i, y in enumerate(GAUSSIAN.split(), start=1))


def meyer() -> str:
    return _squares(f"x1*exp(x2/({45 + 5 * i} + x3)) - {y}" for i, y in enumerate(MEYER, start=1))


def gulf(m: int = 99) -> str:
    return _squares(f"exp(-abs(25 + (-50*log({i}/100))^(2/3) - x2)^x3/x1) - {i}/100" for i in range(1, m + 1))


def box_three(m: int = 10) -> str:
    return _squares(f"exp(-{i}*x1/10) - exp(-{i}*x2/10) - x3*(exp(-{i}/10) - exp(-{i}))" for i in range(1, m + 1))


def kowalik_osborne() -> str:
    return _squares(
        f"{y} - x1*({u}^2 + {u}*x2)/({u}^2 + {u}*x3 + x4)" for u, y in zip(KOWALIK_U.split(), KOWALIK.split(), strict=True)
    )


def brown_dennis(m: int = 20) -> str:
    return _squares(f"(x1 + {i}/5*x2 - exp({i}/5))^2 + (x3 + x4*sin({i}/5) - cos({i}/5))^2" for i in range(1, m + 1))


def osborne_1() -> str:
    return _squares(f"{y} - (x1 + x2*exp(-{10 * i}*x4) + x3*exp(-{10 * i}*x5))" for i, y in enumerate(OSBORNE.split()))


def biggs_exp6(m: int = 13) -> str:
    return _squares(
        f"x3*exp(-{i}/10*x1) - x4*exp(-{i}/10*x2) + x6*exp(-{i}/10*x5) - (exp(-{i}/10) - 5*exp(-{i}) + 3*exp(-4*{i}/10))"
        for i in range(1, m + 1)
    )


def watson(n: int) -> str:
    terms = (
        f"{_sum(f'{j - 1}*({i}/29)^{j - 2}*x{j}' for j in range(2, n + 1))}"
        f" - ({_sum(f'({i}/29)^{j - 1}*x{j}' for j in range(1, n + 1))})^2 - 1"
        for i in range(1, 30)
    )
    return _squares((*terms, "x1", "x2 - x1^2 - 1"))


def rosenbrock(n: int) -> str:
    return _sum(f"100*(x{i + 1} - x{i}^2)^2 + (1 - x{i})^2" for i in range(1, n, 2))


def powell_singular(n: int) -> str:
    return _sum(
        f"(x{i} + 10*x{i + 1})^2 + 5*(x{i + 2} - x{i + 3})^2 + (x{i + 1} - 2*x{i + 2})^4 + 10*(x{i} - x{i + 3})^4"
        for i in range(1, n, 4)
    )


def penalty_1(n: int) -> str:
    away = _sum(f"(x{i} - 1)^2" for i in range(1, n + 1))
    return f"({away})/100000 + ({_sum(f'x{i}^2' for i in range(1, n + 1))} - 1/4)^2"


def penalty_2(n: int) -> str:
    steps = _squares(f"exp(x{i}/10) + exp(x{i - 1}/10) - exp({i}/10) - exp({i - 1}/10)" for i in range(2, n + 1))
    sizes = _squares(f"exp(x{i}/10) - exp(-1/10)" for i in range(2, n + 1))
    ball = _sum(f"{n - j + 1}*x{j}^2" for j in range(1, n + 1))
    return f"(x1 - 0.2)^2 + ({steps} + {sizes})/100000 + ({ball} - 1)^2"


def variably_dimensioned(n: int) -> str:
    line = _sum(f"{j}*(x{j} - 1)" for j in range(1, n + 1))
    return f"{_squares(f'x{i} - 1' for i in range(1, n + 1))} + ({line})^2 + ({line})^4"


def trigonometric(n: int) -> str:
    cosines = _sum(f"cos(x{j})" for j in range(1, n + 1))
    return _squares(f"{n} - ({cosines}) + {i}*(1 - cos(x{i})) - sin(x{i})" for i in range(1, n + 1))


def brown_almost_linear(n: int) -> str:
    total = _sum(f"x{j}" for j in range(1, n + 1))
    product = "*".join(f"x{j}" for j in range(1, n + 1))
    return _squares((*(f"x{i} + {total} - {n + 1}" for i in range(1, n)), f"{product} - 1"))


def discrete_boundary(n: int) -> str:
    def x(i: int) -> str:
        return f"x{i}" if 1 <= i <= n else "0"

    return _squares(f"2*{x(i)} - {x(i - 1)} - {x(i + 1)} + ({x(i)} + {i}/{n + 1} + 1)^3/(2*{n + 1}^2)" for i in range(1, n + 1))


def broyden_tridiagonal(n: int) -> str:
    def x(i: int) -> str:
        return f"x{i}" if 1 <= i <= n else "0"

    return _squares(f"(3 - 2*{x(i)})*{x(i)} - {x(i - 1)} - 2*{x(i + 1)} + 1" for i in range(1, n + 1))


def chebyquad_4() -> str:
    """Degrees 1 to 4 of Chebyshev's polynomials on [0, 1], with their integrals, at four abscissas."""
    degrees = ("t", "2*t^2 - 1", "4*t^3 - 3*t", "8*t^4 - 8*t^2 + 1")
    means = ("0", "-1/3", "0", "-1/15")
    return _squares(
        f"({_sum(degree.replace('t', f'(2*x{j} - 1)') for j in range(1, 5))})/4 - ({mean})"
        for degree, mean in zip(degrees, means, strict=True)
    )


def zakharov(n: int) -> str:
    line = _sum(f"{i}/2*x{i}" for i in range(1, n + 1))
    return f"{_sum(f'x{i}^2' for i in range(1, n + 1))} + ({line})^2 + ({line})^4"


def dixon_price(n: int) -> str:
    return f"(x1 - 1)^2 + {_sum(f'{i}*(2*x{i}^2 - x{i - 1})^2' for i in range(2, n + 1))}"


def trid(n: int) -> str:
    return f"{_squares(f'x{i} - 1' for i in range(1, n + 1))} - ({_sum(f'x{i}*x{i - 1}' for i in range(2, n + 1))})"


def styblinski_tang(n: int) -> str:
    return f"({_sum(f'x{i}^4 - 16*x{i}^2 + 5*x{i}' for i in range(1, n + 1))})/2"
