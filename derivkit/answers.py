"""The questions a person asks, one function each: formula, value and verdict together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivkit.expression.graph import Graph
from derivkit.records import DerivativeAnswer, JacobianAnswer, TapeAnswer, Verdict

Point = Mapping[str, Graph]  # exact values: constant graphs


def diff(
    graph: Graph, wrt: Sequence[str], *, at: Point | None = None, simplify: bool = True, check: bool = True
) -> DerivativeAnswer: ...


def grad(
    graph: Graph, wrt: Sequence[str], *, at: Point | None = None, simplify: bool = True, check: bool = True
) -> JacobianAnswer: ...


def hessian(
    graph: Graph, wrt: Sequence[str], *, at: Point | None = None, simplify: bool = True, check: bool = True
) -> JacobianAnswer: ...


def jacobian(
    graphs: Sequence[Graph],
    wrt: Sequence[str],
    *,
    at: Point | None = None,
    simplify: bool = True,
    check: bool = True,
) -> JacobianAnswer: ...


def check(graph: Graph, wrt: Sequence[str], *, at: Point | None = None) -> Verdict: ...


def tape(graph: Graph, at: Point) -> TapeAnswer: ...
