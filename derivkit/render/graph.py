"""A computation graph as a tree of text and as a document; `svg` and `dot` draw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.expression.lexer import shortened
from derivkit.records import TapeNode
from derivkit.render.layers import Arc, layers
from derivkit.render.message import printable
from derivkit.render.numbers import aligned, rounded, table
from derivkit.render.page import Layout, Line, Page, Styled
from derivkit.render.tape import cut, node, title

if TYPE_CHECKING:
    from derivkit.records import GraphAnswer, Step

_DEEPEST = 8  # levels of one tree; what lies deeper has a tree of its own further down
_LONGEST_TEXT = 24
_BRANCHES = {True: ("├─ ", "└─ ", "│  "), False: ("|- ", "`- ", "|  ")}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a tree: its branches and a node, which may only be named, with a word on where it stands."""

    branches: str
    step: Step
    elsewhere: str = ""

    def text(self) -> str:
        """The branches and what they lead to."""
        name = f"{self.branches}v{self.step.id}"
        return f"{name} ({self.elsewhere})" if self.elsewhere else f"{name} = {shortened(printable(self.step.text), _LONGEST_TEXT)}"

    def number(self, key: str) -> str:
        """The node's value or adjoint."""
        known = None if self.elsewhere else getattr(self.step, key)
        return "" if known is None else rounded(known)


def document(answer: GraphAnswer) -> dict[str, Any]:
    """The document of `graph`: the nodes with the layer in which a drawing shows them, and the edges, one an argument."""
    steps, tape = answer.nodes, answer.tape
    found = layers(len(steps), [Arc(source, step.id) for step in steps for source in step.inputs])
    return {
        "expression": answer.expression,
        "at": tape.at if tape else {},
        "nodes": [{**node(step), "layer": layer} for step, layer in zip(steps, found, strict=True)],
        "edges": [edge for step in steps for edge in _edges(step)],
        "gradient": tape.gradient if tape else None,
        "function_value": tape.function_value if tape else None,
    }


def _edges(step: Step) -> Iterator[dict[str, Any]]:
    for k, source in enumerate(step.inputs):
        yield {"from": source, "to": step.id, "argument": k, "partial": step.partials[k] if isinstance(step, TapeNode) else None}


def page(answer: GraphAnswer, layout: Layout) -> Page:
    """The page of `graph`: the output above what it is made from; a node that is used again is only named again."""
    rows = list(_rows(answer.nodes, *_BRANCHES[layout.unicode]))
    columns = [["node", *(row.text() for row in rows)]]
    if answer.tape is not None:
        columns += [[key, *aligned([row.number(key) for row in rows])] for key in ("value", "adjoint")]
    heading, *lines = table(columns)
    head: list[Line] = [(Styled(heading, "title"),)] if answer.tape is not None else []
    return [*title(answer.expression, layout), "", *head, *cut(lines)]


def saved(answer: GraphAnswer, file: str) -> Page:
    """The page of `graph` where the drawing went to a file."""
    count = len(answer.nodes)
    return [f"{printable(file)}: a drawing of {count:,} node{'s' * (count != 1)}"]


def _rows(nodes: Sequence[Step], between: str, last: str, beside: str) -> Iterator[_Row]:
    """The tree from the output to the inputs, down to some depth, then the trees that begin there."""
    shown: set[int] = set()
    waiting: set[int] = set()
    roots = [len(nodes) - 1]
    for root in roots:
        stack = [("", "", root, 0)]
        while stack:
            before, branch, k, depth = stack.pop()
            step = nodes[k]
            if step.inputs and depth == _DEEPEST and k not in shown and k not in waiting:
                roots.append(k)
                waiting.add(k)
            if step.inputs and depth and (k in shown or k in waiting):
                yield _Row(before + branch, step, "above" if k in shown else "below")
                continue
            yield _Row(before + branch, step)
            shown.add(k)
            inner = before + (beside if branch == between else " " * len(branch))
            ends = [between] * (len(step.inputs) - 1) + [last]
            stack += [(inner, end, source, depth + 1) for end, source in zip(ends, step.inputs, strict=False)][::-1]
