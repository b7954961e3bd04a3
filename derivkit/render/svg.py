"""A drawing of a graph as SVG: text stays text, shapes tell kinds of nodes apart without colour, and nothing is loaded or run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape

from derivkit.errors import BudgetError
from derivkit.render.figure import Arrow, Box, Figure, Kind
from derivkit.render.layers import Arc
from derivkit.render.layout import Line, Placed, lay_out
from derivkit.render.message import columns

MOST_NODES = 2000
_CHARACTER = 7.9  # pixels a character takes at most, in the fonts named below
_LINE = 17.0
_PAD = 10.0
_MARGIN = 20.0
_TITLE_LINE = 20.0
_LABEL = 18.0
_LEGEND_BOX = (118.0, 28.0)

_STYLE = """
text { font-family: "DejaVu Sans Mono", Menlo, Consolas, "Courier New", monospace; font-size: 13px }
text { fill: #111; text-anchor: middle }
.first { font-weight: bold }
.title { font-size: 15px; text-anchor: start }
.note { text-anchor: start; fill: #333 }
.box { stroke: #222; stroke-width: 1.3 }
.variable { fill: #bcd9f2 }
.constant { fill: #fff; stroke-dasharray: 4 3 }
.operation { fill: #ececec }
.output { fill: #ffd98a }
.line { fill: none; stroke: #444; stroke-width: 1.3 }
.head { fill: #444 }
.partial { fill: #fff }
"""
_NOTES = ("values flow down, along the arrows",)
_NOTES_AT = (
    "values flow down, along the arrows; adjoints flow back up",
    "number on an arrow: derivative of the node below by the node above",
    "adjoint: derivative of f by the node, the sum over its arrows of",
    "         the number on the arrow times the adjoint below",
)
_KINDS: tuple[Kind, ...] = ("variable", "constant", "operation")


def svg(figure: Figure) -> str:
    """The drawing as an SVG document.

    Parameters
    ----------
    figure : Figure

    Raises
    ------
    BudgetError
        If there are more than 2,000 nodes, or so many lines.
    """
    hint = "without -o the nodes are listed; a .dot file has no limit"
    if len(figure.boxes) > MOST_NODES:
        raise BudgetError(f"a drawing of {len(figure.boxes):,} nodes is beyond the budget of {MOST_NODES:,}", hint=hint)
    sizes = [_size(box) for box in figure.boxes]
    arcs = [Arc(arrow.source, arrow.target, _width(arrow.label) if arrow.label else None) for arrow in figure.arrows]
    try:
        placed = lay_out(sizes, arcs, _LABEL if figure.valued else 0.0)
    except BudgetError as problem:
        problem.hint = hint
        raise
    return "\n".join([*_document(figure, placed, sizes), ""])


def _size(box: Box) -> tuple[float, float]:
    round_ends = 12.0 if box.kind == "variable" else 0.0
    return max(map(_width, box.lines)) + 2 * _PAD + round_ends, len(box.lines) * _LINE + _PAD


def _width(text: str) -> float:
    return columns(text) * _CHARACTER


def _document(figure: Figure, placed: Placed, sizes: list[tuple[float, float]]) -> Iterator[str]:
    notes = _NOTES_AT if figure.valued else _NOTES
    legend = (len(_KINDS) + 1) * (_LEGEND_BOX[0] + 12) - 12
    titles = (_width(line) * 15 / 13 for line in figure.title)
    width = max(placed.width, legend, *titles, *map(_width, notes)) + 2 * _MARGIN
    above = _MARGIN + len(figure.title) * _TITLE_LINE + 6
    below = above + placed.height + _MARGIN + 10
    height = below + _LEGEND_BOX[1] + 12 + _LINE * len(notes) + _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title summary">'
    yield f'<title id="title">{escape(" ".join(figure.title))}</title>'
    yield f'<desc id="summary">{_summary(figure)}</desc>'
    yield f"<style>{_STYLE}</style>"
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    for k, line in enumerate(figure.title):
        yield _text(_MARGIN, 24.0 + k * _TITLE_LINE, line, "title")
    yield f'<g transform="translate({(width - placed.width) / 2:.1f} {above:.1f})">'
    yield from map(_line, placed.lines)
    for arrow, centre in zip(figure.arrows, placed.labels, strict=True):
        yield from _label(arrow, *centre)
    for box, centre, wide_high in zip(figure.boxes, placed.nodes, sizes, strict=True):
        yield from _node(box, *centre, *wide_high)
    yield "</g>"
    yield f'<g aria-hidden="true" transform="translate({_MARGIN:.0f} {below:.1f})">'
    yield from _legend(notes)
    yield "</g>"
    yield "</svg>"


def _summary(figure: Figure) -> str:
    counts = Counter(kind for kind, _ in {(box.kind, box.whole) for box in figure.boxes})
    listed = ", ".join(f"{counts[kind]} {kind}{'s' * (counts[kind] != 1)}" for kind in _KINDS)
    return f"A computation graph of {listed}, from the inputs at the top to the output at the bottom."


def _line(line: Line) -> str:
    half = (line.leave + line.enter) / 2
    end = line.to_y - 4 if line.arrow else line.to_y
    curve = f"C{line.x:.1f} {half:.1f} {line.to_x:.1f} {half:.1f} {line.to_x:.1f} {line.enter:.1f}"
    head = f'<path class="head" d="M{line.to_x:.1f} {line.to_y:.1f}l-4-9h8z"/>' if line.arrow else ""
    return f'<path class="line" d="M{line.x:.1f} {line.y:.1f}V{line.leave:.1f}{curve}V{end:.1f}"/>{head}'


def _label(arrow: Arrow, x: float, y: float) -> Iterator[str]:
    if arrow.label is None or arrow.whole is None:
        return
    wide = _width(arrow.label)
    yield f"<g><title>{escape(arrow.whole)}</title>"
    yield f'<rect class="partial" x="{x - wide / 2:.1f}" y="{y - _LABEL / 2:.1f}" width="{wide:.1f}" height="{_LABEL:.1f}"/>'
    yield _text(x, y + 4.5, arrow.label) + "</g>"


def _node(box: Box, x: float, y: float, wide: float, high: float) -> Iterator[str]:
    yield f"<g><title>{escape(box.whole)}</title>"
    yield from _shape(box.kind, box.output, x, y, wide, high)
    for k, line in enumerate(box.lines):
        place = y + (k - (len(box.lines) - 1) / 2) * _LINE + 4.5
        yield _text(x, place, line, "" if k else "first")
    yield "</g>"


def _shape(kind: Kind, output: bool, x: float, y: float, wide: float, high: float) -> Iterator[str]:
    """Round ends for a variable, a dashed frame for a constant, a plain one for an operation; a double one for the output."""
    corner = min(high / 2, 16.0) if kind == "variable" else 2.0
    yield _frame(f"box {'output' if output else kind}", x, y, wide, high, corner)
    if output:
        yield _frame("box output", x, y, wide - 6, high - 6, corner)


def _frame(style: str, x: float, y: float, wide: float, high: float, corner: float) -> str:
    place = f'x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="{corner:.1f}"'
    return f'<rect class="{style}" {place}/>'


def _legend(notes: tuple[str, ...]) -> Iterator[str]:
    wide, high = _LEGEND_BOX
    for k, name in enumerate((*_KINDS, "output")):
        x = wide / 2 + k * (wide + 12)
        yield from _shape(_KINDS[min(k, len(_KINDS) - 1)], name == "output", x, high / 2, wide, high)
        yield _text(x, high / 2 + 4.5, name)
    for k, note in enumerate(notes):
        yield _text(0.0, high + 26 + k * _LINE, note, "note")


def _text(x: float, y: float, text: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named} xml:space="preserve">{escape(text)}</text>'
