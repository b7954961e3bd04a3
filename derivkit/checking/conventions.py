"""What automatic differentiation gives where there is no derivative: each framework's own convention."""

from __future__ import annotations

import math

from derivkit.enclose import Point, float_point
from derivkit.errors import MissingRuleError
from derivkit.expression.graph import Graph
from derivkit.functions import Place, Row
from derivkit.functions.arithmetic import FloatArithmetic
from derivkit.functions.row import Partial
from derivkit.tape.differentiate import value_and_gradient

FRAMEWORKS = ("PyTorch", "JAX", "TensorFlow")


def conventions(graph: Graph, point: Point, name: str) -> dict[str, float | None]:
    """What a backward sweep gives by each framework's rules, in floats, for the same operations.

    Parameters
    ----------
    graph : Graph
    point : mapping of str to Graph
    name : str
        The variable to differentiate by.

    Returns
    -------
    dict of str to float or None
        None where the sweep gives no finite number, as where it multiplies 0 by an infinite slope.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.expression.point import parse_point
    >>> conventions(parse("max(x, 0)").graph, parse_point("x=0"), "x")
    {'PyTorch': 0.5, 'JAX': 0.5, 'TensorFlow': 1.0}
    """
    found: dict[str, float | None] = {}
    for framework in FRAMEWORKS:
        try:
            slope = value_and_gradient(graph, float_point(point), _Framework(framework, graph), [name])[1][name]
        except MissingRuleError:
            slope = math.nan
        found[framework] = float(slope) if math.isfinite(slope) else None
    return found


class _Framework(FloatArithmetic):
    """Floats with a framework's partial derivatives where they differ from the table's."""

    def __init__(self, framework: str, graph: Graph) -> None:
        super().__init__()
        self._own: dict[Partial, tuple[Place, float]] = {}
        for row in {head for head in graph.heads if isinstance(head, Row)}:
            for place in row.places:
                for rule, partial in zip(row.partials, place.elsewhere.get(framework, (None,) * row.arity), strict=True):
                    if rule is not None and partial is not None:
                        self._own[rule] = place, partial

    def partial(self, rule: Partial, y: float, arguments: tuple[float, ...]) -> float:
        """The framework's own partial derivative at such a place, else the table's."""
        place, own = self._own.get(rule, (None, 0.0))
        if place is not None and place.zero(self, *arguments) == 0:
            return own
        return super().partial(rule, y, arguments)
