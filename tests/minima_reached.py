"""Whether a minimizer has solved a published problem: one rule for the tests and the benchmark."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.expression.point import parse_point
from derivkit.interface.expression import Expression
from tests.minima import PROBLEMS, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLOSE = 1e-8  # half of a double's digits: what differences of values can still reach


def place(problem: Problem, text: str) -> NDArray[np.float64]:
    """A point as an array, in the order of the expression's variables."""
    point = parse_point(text)
    return np.array([evaluate(point[name], {}) for name in parse(problem.text).graph.variables])


@cache
def values(name: str) -> tuple[float, ...]:
    """The values of a problem's published minima with all their digits: published places, improved by Newton's steps."""
    (problem,) = [problem for problem in PROBLEMS if problem.name == name]
    program = Expression(parse(problem.text).graph).compile(order=2)

    def refined(at: str, value: str) -> float:
        if evaluate(parse(value).graph, {}) == 0:
            return 0.0
        x = place(problem, at)
        for _ in range(3):
            _, gradient, hessian = program.at(x)
            x = x - np.linalg.solve(hessian, gradient)
        return float(program.at(x)[0])

    return tuple(refined(at, value) for at, value in problem.minima.items())


def solved(problem: Problem, value: float) -> bool:
    """Whether a value is that of a published minimum, local or global.

    Within 1e-8, relative to it; where it is 0, to 1 or to the value at the start, whichever is less.
    """
    start = abs(evaluate(parse(problem.text).graph, problem.start_point))
    return any(abs(value - least) <= CLOSE * (abs(least) or min(1.0, start)) for least in values(problem.name))
