"""Pages of text: what each command answers, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.render.formula import equation, latex_matrix, matrix
from derivkit.render.numbers import aligned, magnitude, number, point, rounded, rounded_up, table
from derivkit.render.page import Layout, Line, Page, Styled, wrapped

if TYPE_CHECKING:
    from derivkit.records import DerivativeAnswer, Enclosure, JacobianAnswer, RouteReport, Verdict

PROVED = "proved from the table's rules in ball arithmetic"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def derivative(answer: DerivativeAnswer, layout: Layout) -> Page:
    """The page of `diff`."""
    left = operator("f", answer.wrt, layout, answer.expression.graph.variables)
    page = [*_function(answer.expression, layout), *equation(left, answer.derivative, layout)]
    if answer.at is not None:
        page += ["", *_values([left], [answer.value], answer.at, [answer.enclosure], layout)]
    return [*page, *verdict(answer.check, layout)]


def gradient(answer: JacobianAnswer, layout: Layout) -> Page:
    """The page of `grad`."""
    names = [operator("f", (name,), layout, answer.variables) for name in answer.variables]
    page = _function(answer.outputs[0], layout)
    widest = max(map(len, names))
    for name, formula in zip(names, answer.formulas[0], strict=True):
        page += equation(name.ljust(widest), formula, layout)
    if answer.at is not None:
        proved = [None, *answer.enclosures[0]] if answer.enclosures else ()
        page += ["", *_values(["f", *names], [answer.function_values[0], *answer.values[0]], answer.at, proved, layout)]
    return [*page, *verdict(answer.check, layout)]


def hessian(answer: JacobianAnswer, layout: Layout) -> Page:
    """The page of `hessian`: the matrix, the entries on and above its diagonal to copy, and the numbers."""
    count = len(answer.variables)
    entries = [(i, j) for i in range(count) for j in range(i, count)]
    names = [operator("f", (answer.variables[i], answer.variables[j]), layout, answer.variables) for i, j in entries]
    page = _function(answer.outputs[0], layout)
    page += _matrix(r"\nabla^{2} f", answer, layout)
    page += _entries(names, [answer.formulas[i][j] for i, j in entries], layout)
    if answer.at is not None:
        page += ["", *_values(["f"], [answer.function_values[0]], answer.at), "", *_numbers(answer, answer.variables)]
    return [*page, *verdict(answer.check, layout)]


def jacobian(answer: JacobianAnswer, layout: Layout) -> Page:
    """The page of `jacobian`: the matrix, its entries to copy, and the numbers."""
    outputs = [f"f{k + 1}" for k in range(len(answer.outputs))]
    names = [operator(output, (name,), layout, answer.variables) for output in outputs for name in answer.variables]
    page: list[Line] = []
    for output, formula in zip(outputs, answer.outputs, strict=True):
        page += _function(formula, layout, output)
    page += _matrix("J", answer, layout)
    page += _entries(names, [formula for row in answer.formulas for formula in row], layout)
    if answer.at is not None:
        shown = [_name(output, layout) for output in outputs]
        page += ["", *_values(shown, answer.function_values, answer.at), "", *_numbers(answer, shown)]
    return [*page, *verdict(answer.check, layout)]


def verdict(answer: Verdict | None, layout: Layout) -> list[Line]:
    """The verdict in one line, with each route's error or with the cause; a cause that is long goes on in the next.

    A disagreement has both: its cause, and below it the errors of the routes that gave a number.
    """
    if answer is None:
        return ["", (Styled("not checked", "bad"),)]
    dash = layout.dash()
    if answer.verdict == "agree":
        errors = _errors(answer.routes)
        places = f"{answer.points} point{'s' * (answer.points != 1)}"
        return ["", (Styled("agree", "good"), f" at {places} {dash} {errors}" if errors else f" at {places}")]
    cause = f" ({answer.reason})" if answer.reason else ""
    label = Styled(f"{answer.verdict}{cause}", "bad")
    first, *rest = wrap(f"{label.text} {dash} {answer.message}", layout.width, subsequent_indent="  ", break_on_hyphens=False)
    measured = [report for report in answer.routes if report.max_relative_error is not None]
    if answer.verdict == "disagree" and measured:
        rest.append(f"  relative errors: {_errors(measured)}")
    return ["", (label, first.removeprefix(label.text)), *rest]


def labelled(label: str, answer: Verdict | None, layout: Layout) -> list[Line]:
    """The same behind a label, as below a report."""
    narrower = replace(layout, width=layout.width - len(f"{label}: "))
    first, *more = verdict(answer, narrower)[1:]
    return [(f"{label}: ", *((first,) if isinstance(first, str) else first)), *more]


def _errors(routes: Iterable[RouteReport]) -> str:
    """One number a route; what only bounds another's numbers is left to `check`."""
    return ", ".join(f"{report.name} {magnitude(report.max_relative_error)}" for report in routes if report.name != "enclosure")


def operator(function: str, wrt: Sequence[str], layout: Layout, variables: Sequence[str] = ()) -> str:
    """The derivative of a named function as people write it: df/dx, d²f/dx², ∂³f/∂x∂y², or the same as LaTeX.

    Parameters
    ----------
    function : str
    wrt : sequence of str
    layout : Layout
    variables : sequence of str
        All that the function depends on: the d of several is round.

    Examples
    --------
    >>> from derivkit.render.page import Layout
    >>> from derivkit.render.text import operator
    >>> operator("f", ("x", "y", "y"), Layout())
    '∂³f/∂x∂y²'
    """
    several = len({*variables, *wrt}) > 1
    if layout.format == "latex":
        return _latex_operator(function, wrt, several)
    mark = "∂" if layout.unicode and several else "d"
    below = "".join(f"{mark}{name}{_power(count, layout)}" for name, count in _runs(wrt))
    return f"{mark}{_power(len(wrt), layout)}{function}/{below}"


def _latex_operator(function: str, wrt: Sequence[str], several: bool) -> str:
    from derivkit.symbolic.formula import latex_name

    mark = r"\partial" if several else "d"
    below = r" \, ".join(f"{mark} {latex_name(name)}{_latex_power(count)}" for name, count in _runs(wrt))
    return rf"\frac{{{mark}{_latex_power(len(wrt))} {latex_name(function)}}}{{{below}}}"


def _latex_power(count: int) -> str:
    return f"^{{{count}}}" if count > 1 else ""


def _runs(names: Iterable[str]) -> list[tuple[str, int]]:
    runs: list[tuple[str, int]] = []
    for name in names:
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + 1)
        else:
            runs.append((name, 1))
    return runs


def _power(count: int, layout: Layout) -> str:
    if count == 1:
        return ""
    return str(count).translate(_RAISED) if layout.unicode else f"^{count}"


def _function(formula: Any, layout: Layout, name: str = "f") -> list[Line]:
    return _entries([_name(name, layout)], [formula], layout)


def _name(name: str, layout: Layout) -> str:
    if layout.format != "latex":
        return name
    from derivkit.symbolic.formula import latex_name

    return latex_name(name)


def _values(
    names: Sequence[str],
    found: Sequence[float | None],
    at: Any,
    proved: Sequence[Enclosure | None] = (),
    layout: Layout | None = None,
) -> list[Line]:
    errors = [within(bounds, layout or Layout()) for bounds in proved] or [""] * len(names)
    lines = [f"{line}{error}" for line, error in zip(values(names, found), errors, strict=True)]
    return [(Styled(f"at {point(at)}" if at else "value", "title"),), *lines, *([PROVED] if any(errors) else [])]


def within(proved: Enclosure | None, layout: Layout) -> str:
    """How far the true value can be from the one that is shown, rounded up; nothing where nothing is proved."""
    if proved is None:
        return ""
    sign = "±" if layout.unicode else "+-"
    return f" {sign} {rounded_up(proved.error)}"


def values(names: Sequence[str], found: Sequence[float | None]) -> list[Line]:
    """Named numbers at full precision, one a line."""
    widest = max(map(len, names), default=0)
    shown = aligned([number(value) for value in found])
    return [f"  {name.ljust(widest)} = {value}".rstrip() for name, value in zip(names, shown, strict=True)]


def _matrix(left: str, answer: JacobianAnswer, layout: Layout) -> list[Line]:
    if layout.format == "latex" and len(answer.variables) * len(answer.outputs) > 1:
        return ["", (Styled(left, "title"), f" = {latex_matrix(answer.formulas)}"), ""]
    lines = matrix(answer.formulas, layout) if layout.format == "pretty" else []
    return ["", *(f"  {line}" for line in lines), ""] if lines else [""]


def _entries(names: Sequence[str], formulas: Sequence[Any], layout: Layout) -> list[Line]:
    widest = max(map(len, names))
    latex = layout.format == "latex"
    return [
        line
        for name, formula in zip(names, formulas, strict=True)
        for line in wrapped(Styled(name.ljust(widest), "title"), f" = {formula.latex if latex else formula.text}", layout)
    ]


def _numbers(answer: JacobianAnswer, rows: Sequence[str]) -> list[Line]:
    columns = [["", *rows]]
    for j, name in enumerate(answer.variables):
        columns.append([name, *aligned([rounded(values[j]) for values in answer.values])])
    heading, *lines = table(columns)
    errors = [bounds.error for row in answer.enclosures for bounds in row if bounds is not None]
    proved = [f"entries in full are within {rounded_up(max(errors))}, {PROVED}"] if errors else []
    return [(Styled(f"  {heading}", "title"),), *(f"  {line}" for line in lines), *proved]
