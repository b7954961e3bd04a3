"""Which parameters a formula is linear in, read off the graphs of its derivatives."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.expression.graph import Graph, dependent
from derivkit.tape.differentiate import gradient_graph


def linear_parameters(graph: Graph, parameters: Sequence[str]) -> tuple[str, ...]:
    """The largest set found of parameters in which a formula is linear together, the others held fixed.

    It is linear in them where none of their partial derivatives depends on any of them; parameters that few others stand in the
    way of come first.

    Parameters
    ----------
    graph : Graph
    parameters : sequence of str

    Returns
    -------
    tuple of str
        In the order of `parameters`.

    Examples
    --------
    >>> from derivkit.expression.parser import parse
    >>> linear_parameters(parse("a*exp(-b*x) + c").graph, ("a", "b", "c"))
    ('a', 'c')
    """
    slopes = gradient_graph(graph, parameters)
    clashes: dict[str, set[str]] = {name: set() for name in parameters}
    for other in parameters:
        marks = dependent(slopes.heads, slopes.inputs, (other,))
        for name, output in zip(parameters, slopes.outputs, strict=True):
            if marks[output]:
                clashes[name].add(other)
                clashes[other].add(name)
    chosen: set[str] = set()
    for name in sorted(parameters, key=lambda name: len(clashes[name])):
        if name not in clashes[name] and not clashes[name] & chosen:
            chosen.add(name)
    return tuple(name for name in parameters if name in chosen)
