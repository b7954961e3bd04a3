"""A drawing of a graph in the DOT language, for Graphviz and what else reads it.

Source: https://graphviz.org/doc/info/lang.html (quoted strings).
"""

from __future__ import annotations

from collections.abc import Iterator

from derivkit.render.figure import Box, Figure, Kind

_SHAPES: dict[Kind, str] = {
    "variable": 'shape=ellipse, style=filled, fillcolor="#bcd9f2"',
    "constant": 'shape=box, style=dashed, fillcolor="#ffffff"',
    "operation": 'shape=box, style=filled, fillcolor="#ececec"',
}
_OUTPUT = ', peripheries=2, style=filled, fillcolor="#ffd98a"'


def dot(figure: Figure) -> str:
    """The drawing as a directed graph in the DOT language.

    Parameters
    ----------
    figure : Figure
    """
    return "\n".join([*_lines(figure), ""])


def _lines(figure: Figure) -> Iterator[str]:
    yield "digraph computation {"
    yield f"  graph [label={_quoted(' '.join(figure.title))}, labelloc=t, labeljust=l, rankdir=TB];"
    yield '  node [fontname="Courier"];'
    yield '  edge [fontname="Courier"];'
    for box in figure.boxes:
        yield f"  {box.name} [label={_label(box)}, tooltip={_quoted(box.whole)}, {_SHAPES[box.kind]}{_OUTPUT * box.output}];"
    for arrow in figure.arrows:
        label = f" [label={_quoted(arrow.label)}, tooltip={_quoted(arrow.whole or '')}]" if arrow.label else ""
        yield f"  {figure.boxes[arrow.source].name} -> {figure.boxes[arrow.target].name}{label};"
    yield "}"


def _label(box: Box) -> str:
    return '"' + "\\n".join(map(_escaped, box.lines)) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Backslashes, which would begin an escape in a label, doubled; quotes, which would end it, escaped."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
