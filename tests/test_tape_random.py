"""The tape against differences of balls, on random expressions drawn from the table."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from derivkit.checking.differences import central
from derivkit.evaluate import evaluate
from derivkit.expression.arithmetic import GraphArithmetic, Ref
from derivkit.expression.graph import Builder, Graph
from derivkit.functions import Row
from derivkit.tape.differentiate import value_and_gradient
from tests.function_points import SMOOTH, label, movable

AT = {"x": Fraction(3, 8), "y": Fraction(-5, 4)}
PER_ROW = 6
TOLERANCE = 1e-9


class Drawing:
    """One random expression; every argument lies in the typical interval of its row, so that the point is smooth."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self.builder = Builder()
        self.arithmetic = GraphArithmetic(self.builder)

    def graph(self, row: Row, depth: int) -> Graph:
        return self.builder.graph([self.node(row, depth).id])

    def node(self, row: Row, depth: int) -> Ref:
        return self.arithmetic.function(row)(*(self.argument(row, k, depth) for k in range(row.arity)))

    def argument(self, row: Row, k: int, depth: int) -> Ref:
        low, high = row.typical[k]
        if k in row.whole:
            return self.arithmetic.number(self.random.randint(int(low), int(high)))
        place = Fraction(self.random.uniform(low, high)).limit_denominator(1000)
        if k not in movable(row):
            return self.arithmetic.number(place)
        if depth > 1:
            inner = self.node(self.random.choice([other for other in SMOOTH if movable(other)]), self.random.randint(1, depth - 1))
        else:
            inner = self.arithmetic.ref(self.builder.add(self.random.choice(list(AT))))
        value = Fraction(evaluate(self.builder.graph([inner.id]), {name: float(x) for name, x in AT.items()}))
        size = Fraction(1 + round(abs(value)))
        return inner / size + (place - (value / size).limit_denominator(1000))


def constant(value: Fraction) -> Graph:
    builder = Builder()
    return builder.graph([builder.add(value)])


@pytest.mark.parametrize("row", [row for row in SMOOTH if movable(row)], ids=label)
def test_the_tape_equals_differences_at_random_points(row):
    point = {name: constant(value) for name, value in AT.items()}
    for k in range(PER_ROW):
        graph = Drawing(f"{row.name}/{row.arity}/{k}").graph(row, 2 + k % 2)
        _, gradient = value_and_gradient(graph, {name: float(x) for name, x in AT.items()})
        assert graph.variables
        for name in graph.variables:
            truth = central(graph, point, (name,))
            assert truth.value is not None
            slope = float(truth.value.mid())
            assert abs(gradient[name] - slope) <= TOLERANCE * (1 + abs(slope)) + float(truth.error)
