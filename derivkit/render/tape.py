"""Both passes over a tape, for people and for scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.expression.lexer import shortened
from derivkit.records import TapeNode
from derivkit.render.message import LONGEST_INPUT
from derivkit.render.numbers import TABLE_DIGITS, aligned, point, table
from derivkit.render.page import Layout, Line, Page, Styled, wrapped
from derivkit.render.text import operator, values
from derivkit.tape.trace import contributions

if TYPE_CHECKING:
    from derivkit.records import Step, TapeAnswer

MOST_LINES = 200  # of one table on a page
_LONGEST_TEXT = 24  # characters of a node in a table
_DIGITS = (TABLE_DIGITS, 8, 6, 4)  # significant: the most that fit
_ACCUMULATED = (
    "Every sweep adds its gradient to what is there, since nothing clears it in between. That is why a training loop clears the "
    "gradient before each step (zero_grad): a step should follow the gradient here and now, not the sum of all that came before."
)


def document(answer: TapeAnswer) -> dict[str, Any]:
    """The document of `tape`."""
    return {
        "expression": answer.expression,
        "at": answer.at,
        "nodes": [node(step) for step in answer.nodes],
        "gradient": answer.gradient,
        "function_value": answer.function_value,
        "sweeps": [{"gradient": gradient} for gradient in answer.sweeps],
    }


def node(step: Step) -> dict[str, Any]:
    """A node in a document, with what both passes found if it is one of a tape."""
    found = (step.value, step.adjoint, step.partials) if isinstance(step, TapeNode) else (None, None, [None] * len(step.inputs))
    return {
        "id": step.id,
        "operation": step.operation,
        "inputs": step.inputs,
        **dict(zip(("value", "adjoint", "partials"), found, strict=True)),
        "text": step.text,
    }


def page(answer: TapeAnswer, layout: Layout) -> Page:
    """The page of `tape`: the forward pass, the backward pass, and what they give."""
    return [
        *title(answer.expression, layout),
        "",
        "forward pass, from the inputs to the output",
        "",
        *_fitting(_forward, answer.nodes, layout),
        "",
        *_backward_pass(answer.nodes, layout),
        "",
        *_results(answer, layout),
    ]


def title(expression: str, layout: Layout) -> list[Line]:
    """What the function is, as far as people read it."""
    return wrapped(Styled("f", "title"), f" = {shortened(expression, LONGEST_INPUT)}", layout)


def _backward_pass(nodes: Sequence[TapeNode], layout: Layout) -> list[Line]:
    if nodes[-1].adjoint is None:
        return ["backward pass: f depends on no variable, so there is nothing to send back"]
    return ["backward pass, from the output to the inputs; every adjoint starts at 0", "", *_fitting(_backward, nodes, layout)]


def _fitting(make: Callable[..., list[str]], nodes: Sequence[TapeNode], layout: Layout) -> list[Line]:
    """A table with as many digits as fit on the page, and not more lines than people read."""
    lines: list[str] = []
    for digits in _DIGITS:
        lines = make(nodes, layout, digits)
        if max(map(len, lines)) <= layout.width:
            break
    heading, *rows = lines
    return [(Styled(heading, "title"),), *cut(rows)]


def cut(rows: Sequence[Line]) -> list[Line]:
    """The first and the last of many lines."""
    if len(rows) <= MOST_LINES:
        return list(rows)
    half = MOST_LINES // 2
    return [*rows[:half], f"... {len(rows) - 2 * half:,} more lines; --json has everything", *rows[-half:]]


def _forward(nodes: Sequence[TapeNode], layout: Layout, digits: int) -> list[str]:
    """One line a node, and one more for every local derivative beyond the first."""
    cells = [("node", "operation", "value", "local partials")]
    numbers = aligned([f"{step.value:.{digits}g}" for step in nodes])
    for step, value in zip(nodes, numbers, strict=True):
        first, *more = [
            f"{slope(f'v{step.id}', f'v{source}', layout)} = {partial:.{digits}g}"
            for source, partial in zip(step.inputs, step.partials, strict=True)
            if partial is not None
        ] or [""]
        cells.append((f"v{step.id}", shortened(step.text, _LONGEST_TEXT), value, first))
        cells += [("", "", "", another) for another in more]
    return table(zip(*cells, strict=True))


def _backward(nodes: Sequence[TapeNode], layout: Layout, digits: int) -> list[str]:
    """One line for every amount that a node sends back to one of its inputs, in order."""
    steps = list(contributions(nodes))
    root = f"v{nodes[-1].id}"
    sums = aligned([f"{total:.{digits}g}" for total in (nodes[-1].adjoint or 0.0, *(step.total for step in steps))])
    cells = [("adjoint", "chain rule", "amount", "sum so far"), (slope("f", root, layout), "+= 1, for f itself", "1", sums[0])]
    for step, total in zip(steps, sums[1:], strict=True):
        target, source = f"v{step.target}", f"v{step.source}"
        rule = f"+= {slope('f', source, layout)} * {slope(source, target, layout)}"
        amount = f"{step.adjoint:.{digits}g} * {step.partial:.{digits}g}"
        cells.append((slope("f", target, layout), rule, amount, total))
    return table(zip(*cells, strict=True))


def slope(above: str, below: str, layout: Layout) -> str:
    """The derivative of one node by another, as people write it."""
    mark = "∂" if layout.unicode else "d"
    return f"{mark}{above}/{mark}{below}"


def _results(answer: TapeAnswer, layout: Layout) -> list[Line]:
    names = [operator("f", (name,), layout, tuple(answer.gradient)) for name in answer.gradient]
    heading = f"at {point(answer.at)}" if answer.at else "value"
    if len(answer.sweeps) == 1:
        return [(Styled(heading, "title"),), *cut(values(["f", *names], [answer.function_value, *answer.gradient.values()]))]
    lines: list[Line] = [(Styled(heading, "title"),), *values(["f"], [answer.function_value])]
    for k, gradient in enumerate(answer.sweeps, 1):
        lines += ["", (Styled(f"gradient after backward sweep {k}", "title"),), *cut(values(names, list(gradient.values())))]
    return [*lines, "", *wrap(_ACCUMULATED, layout.width)]
