"""Both passes of a network over one row, as tables of numbers: what goes forward, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.render.message import printable, sentence, shortened
from derivkit.render.numbers import aligned, table
from derivkit.render.page import Layout, Line, Styled
from derivkit.render.tape import slope

if TYPE_CHECKING:
    from derivkit.networks import NetworkResult
    from derivkit.networks.passes import Passes, Quantity

DIGITS = 4  # significant
MOST_UNITS = 6  # columns of a table
MOST_FED = 6  # lines of a matrix of weights
LONGEST_NAME = 24  # characters
MORE = "..."  # begins the name of a line that stands for others
ORDER = ("W", "b", "z", "gamma", "beta", "n", "a")  # in which the quantities of a layer come about

Row = tuple[str, Sequence[float]]  # what it is, and its numbers


def document(result: NetworkResult) -> dict[str, Any]:
    """Both passes, whole."""
    found = result.passes
    return {
        "row": result.row,
        "given": dict(zip(result.dealt.design.names, result.given, strict=True)),
        "target": target_of(result),
        "signals": [_quantity(each) for each in found.signals],
        "weights": [_quantity(each) for each in found.weights],
        "outputs": found.outputs[0].tolist(),
        "loss": found.loss,
    }


def _quantity(each: Quantity) -> dict[str, Any]:
    row = each.value.shape[0] == 1 and each.name[0] in "xzna"
    return {
        "name": each.name,
        "value": each.value[0].tolist() if row else each.value.tolist(),
        "adjoint": each.adjoint[0].tolist() if row else each.adjoint.tolist(),
    }


def target_of(result: NetworkResult) -> Any:
    """What the row's target is, in the user's units."""
    design = result.dealt.design
    place = [int(number) for number in result.dealt.numbers(slice(None))].index(result.row)
    value = float(design.response[place : place + 1][0])
    return value if design.classes is None else design.classes[int(value)]


def forward(result: NetworkResult, layout: Layout) -> list[Line]:
    """The forward pass: weights, and what they make of the inputs, from the first layer to the last."""
    rows = [row for each in _sequence(result.passes) for row in _rows(each.name, each.value)]
    return _table([("as given", result.given), *rows], layout.width)


def backward(result: NetworkResult, layout: Layout) -> list[Line]:
    """The backward pass: the derivative of the loss by every value and every weight, from the last layer to the first."""
    rows = [row for each in reversed(list(_sequence(result.passes))) for row in _rows(each.name, each.adjoint)]
    return _table([(name if name.startswith(MORE) else slope("L", name, layout), values) for name, values in rows], layout.width)


def _sequence(found: Passes) -> Iterator[Quantity]:
    """All quantities as they come about: the inputs, each layer's weights, what it makes of them."""
    inputs, *signals = found.signals
    yield inputs
    every = [*found.weights, *signals]
    yield from sorted(every, key=_place)


def _place(each: Quantity) -> tuple[int, int]:
    """Layer, and place in the layer."""
    kind = each.name.rstrip("0123456789")
    return int(each.name[len(kind) :]), ORDER.index(kind)


def _rows(name: str, values: Any) -> list[Row]:
    """A row of numbers; one an input for a matrix of weights."""
    if name[0] != "W":
        return [(name, values.reshape(-1).tolist())]
    rows = [(f"{name}[{k},:]", row.tolist()) for k, row in enumerate(values[:MOST_FED], 1)]
    more = len(values) - MOST_FED
    return rows if more <= 0 else [*rows, (f"{MORE} {more:,} more line{'s' * (more > 1)}; --json has everything", ())]


def _table(rows: Sequence[Row], width: int) -> list[Line]:
    """Numbers in columns, one a unit: as many units as there is room for."""
    for units in range(MOST_UNITS, 0, -1):
        heading, *lines = _columns(rows, units)
        if max(map(len, (heading, *lines))) <= width:
            break
    return [
        (Styled(heading, "title"),),
        *(name if name.startswith(MORE) else line for (name, _), line in zip(rows, lines, strict=True)),
    ]


def _columns(rows: Sequence[Row], units: int) -> list[str]:
    """The same, with so many units."""
    cells = [_cells(values, units) for _, values in rows]
    columns = [["", *("" if name.startswith(MORE) else name for name, _ in rows)]]
    for k in range(max(map(len, cells))):
        heading = str(k + 1) if k < units else ""
        columns.append([heading, *aligned([own[k] if k < len(own) else "" for own in cells])])
    return table(columns)


def _cells(values: Sequence[float], units: int) -> list[str]:
    # -0.0 + 0.0 is 0.0
    shown = [f"{value + 0.0:.{DIGITS}g}" for value in values[:units]]
    more = len(values) - units
    return shown if more <= 0 else [*shown, f"+{more:,}"]


def outcome(result: NetworkResult) -> list[Line]:
    """What comes out, what should, and the loss."""
    found, design = result.passes, result.dealt.design
    target, outputs = shortened(design.target, LONGEST_NAME), found.outputs[0]
    loss = f"{found.loss:.{DIGITS}g}"
    if design.classes is None:
        numbers = f"{outputs[0]:.{DIGITS}g}, and the target is {found.target.reshape(-1)[0]:.{DIGITS}g}"
        return [*sentence(f"{target}, standardized", numbers, 2), f"the loss, half the square of the difference, is {loss}"]
    chances = outputs if len(outputs) > 1 else [1 - outputs[0], outputs[0]]
    listed = [f"{shortened(str(each), LONGEST_NAME)} {p:.{DIGITS}g}" for each, p in zip(design.classes, chances, strict=True)]
    truth = shortened(printable(str(target_of(result))), LONGEST_NAME)
    return [
        *sentence(f"probabilities of {target}", ", ".join(listed), 3),
        f"the class is {truth}: the loss, -log of its probability, is {loss}",
    ]
