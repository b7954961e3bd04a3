"""The options that several commands share, and what their texts mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from derivkit.errors import BudgetError, UsageError
from derivkit.expression.graph import Graph, natural_key

if TYPE_CHECKING:
    from derivkit.expression.region import Region

HIGHEST_ORDER = 10_000


class Format(StrEnum):
    """How formulas are written on a page."""

    PRETTY = "pretty"
    TEXT = "text"
    LATEX = "latex"


Expression = Annotated[
    str, typer.Argument(metavar="EXPR", help="What to read: text, - for standard input, @FILE for a file.", show_default=False)
]
Expressions = Annotated[
    list[str],
    typer.Argument(metavar="EXPR", help='One expression an output, or several as "f1; f2".', show_default=False),
]
Wrt = Annotated[str | None, typer.Option("--wrt", metavar="X,Y", help="With respect to what. Default: every variable.")]
WrtOne = Annotated[
    str | None, typer.Option("--wrt", metavar="X,Y,Y", help="With respect to what, in turn. Default: the only variable.")
]
Order = Annotated[int | None, typer.Option("--order", metavar="N", help="Differentiate N times.")]
At = Annotated[
    list[str] | None,
    typer.Option("--at", metavar="X=1,Y=PI/2", help="A point; values may be expressions. Several are read as one."),
]
On = Annotated[
    list[str] | None,
    typer.Option("--on", metavar="X=0..5", help="A region: an interval for each variable. Several are read as one."),
]
Simplify = Annotated[bool, typer.Option("--simplify/--no-simplify", help="Look for the most readable form.")]
Check = Annotated[bool, typer.Option("--check/--no-check", help="Compare the answer with the other routes.")]
Certify = Annotated[bool, typer.Option("--certify", help="Prove bounds on the values at the point, in ball arithmetic.")]
Latex = Annotated[bool, typer.Option("--latex", help=r"Read LaTeX. Text that starts with \ or $ is read so anyway.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How formulas are written.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback where something fails.")]


@dataclass(frozen=True, slots=True)
class Differentiating:
    """The options that all commands which answer with derivatives have."""

    at: At = None
    simplify: Simplify = True
    check: Check = True
    certify: Certify = False
    latex: Latex = False
    format: FormatOption = Format.PRETTY


def names_in(text: str) -> tuple[str, ...]:
    """The variables that a list such as `x,y,y` names, in the spelling of the graph.

    Raises
    ------
    UsageError
        If an item is not the name of a variable.
    """
    return tuple(_name_in(item, text) for item in text.split(","))


def _name_in(item: str, text: str) -> str:
    from derivkit.expression.point import variable_name

    name = variable_name(item)
    if name is None:
        shown = item.strip() or "nothing"
        raise UsageError(f"--wrt {text}: {shown} is not the name of a variable", hint="write names: --wrt x,y")
    return name


def chain_of(graph: Graph, wrt: str | None, order: int | None) -> tuple[str, ...]:
    """The variables to differentiate by, in turn, for one derivative.

    Parameters
    ----------
    graph : Graph
    wrt : str, optional
        The only variable by default.
    order : int, optional
        Repeats a single variable.

    Raises
    ------
    UsageError
        If there is no variable or more than one to choose from, or the order does not fit.
    BudgetError
        If the order is beyond every budget.
    """
    if order is not None and order < 1:
        raise UsageError(f"--order {order}: the order must be at least 1")
    if order is not None and order > HIGHEST_ORDER:
        raise BudgetError(f"order {order} is beyond the budget of {HIGHEST_ORDER:,} derivatives")
    names = names_in(wrt) if wrt is not None else (_only_variable(graph),)
    if order is None:
        return names
    if len(names) > 1:
        raise UsageError(
            f"--order {order} repeats a single variable, and --wrt names {len(names)}",
            hint=f"repeat names instead: --wrt {names[0]},{names[0]}",
        )
    return names * order


def chains_of(graph: Graph, wrt: str | None, order: int | None, *, each: bool) -> list[tuple[str, ...]]:
    """The derivatives that `check` looks at: one, or one for each variable.

    Parameters
    ----------
    graph : Graph
    wrt : str, optional
    order : int, optional
    each : bool
        Whether the names in `wrt` stand for one derivative each.

    Raises
    ------
    UsageError, BudgetError
        As `chain_of` and `variables_of`.
    """
    gradient = wrt is None and order is None and len(graph.variables) != 1
    if gradient or each:
        return [(name,) for name in variables_of([graph], wrt)]
    return [chain_of(graph, wrt, order)]


def _only_variable(graph: Graph) -> str:
    variables = graph.variables
    if len(variables) == 1:
        return variables[0]
    if not variables:
        raise UsageError("the expression has no variable", hint="name one with --wrt: --wrt x")
    named = ", ".join(variables[:12]) + ", ..." * (len(variables) > 12)
    raise UsageError(f"the expression has {len(variables)} variables: {named}", hint=f"choose with --wrt: --wrt {variables[0]}")


def variables_of(graphs: Sequence[Graph], wrt: str | None) -> tuple[str, ...]:
    """The variables of a gradient, Hessian or Jacobian: those named, each once, or all.

    Raises
    ------
    UsageError
        If there are none, or one is named twice.
    """
    if wrt is None:
        names = tuple(sorted({name for graph in graphs for name in graph.variables}, key=natural_key))
        if not names:
            raise UsageError("the expression has no variable", hint="name one with --wrt: --wrt x")
        return names
    names = names_in(wrt)
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"--wrt {wrt}: {name} is named twice")
    return names


def warnings_on(graphs: Sequence[Graph], wrt: Iterable[str]) -> tuple[str, ...]:
    """One sentence for each variable to differentiate by that no expression has."""
    from derivkit.expression.names import as_product, glued

    present = sorted({name for graph in graphs for name in graph.variables}, key=natural_key)
    found = []
    for name in dict.fromkeys(wrt):
        if name in present:
            continue
        run = glued(present, name)
        where = "the expression" if len(graphs) == 1 else "the expressions"
        found.append(f"{name} does not occur in {where}: the derivative is 0" + (f"; {as_product(run)}" if run else ""))
    return tuple(found)


def point_at(texts: Sequence[str] | None, graphs: Sequence[Graph], wrt: Sequence[str]) -> Mapping[str, Graph] | None:
    """The point of `--at`, checked against the variables; None where it was not given.

    Raises
    ------
    PointError
        If it leaves a variable out, names a strange one or one twice, or holds no finite number.
    """
    if not texts:
        return None
    from derivkit.expression.point import check_point, parse_point

    point = parse_point(texts)
    check_point(point, {name for graph in graphs for name in graph.variables}, wrt)
    return point


def region_on(texts: Sequence[str] | None, graphs: Sequence[Graph], wrt: Sequence[str]) -> Region | None:
    """The region of `--on`, checked against the variables; None where it was not given.

    Raises
    ------
    PointError
        If it leaves a variable out, names a strange one or one twice, or an end is no finite number.
    """
    if not texts:
        return None
    from derivkit.expression.point import check_point
    from derivkit.expression.region import parse_region

    region = parse_region(texts)
    check_point(region, {name for graph in graphs for name in graph.variables}, wrt)
    return region
