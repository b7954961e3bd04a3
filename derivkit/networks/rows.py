"""From a table, or the name of made data, to the rows that a network is trained, stopped and tested by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.data.cells import cleaned
from derivkit.data.design import Design, build_design
from derivkit.data.roles import choose
from derivkit.data.split import split
from derivkit.data.table import Data, Table, read_table
from derivkit.data.tally import Tally
from derivkit.data.words import listed, shown
from derivkit.errors import DataError, FileError, UsageError
from derivkit.networks.architecture import Architecture
from derivkit.networks.made import MADE, made
from derivkit.networks.network import Network, Scale
from derivkit.networks.training import Parts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

FEWEST_FOR_TEST = 20  # rows: of fewer, none are kept from the training unless somebody says so
TEST = 0.2
FEWEST = 2  # to train on
SMALLEST, LARGEST = 1e-140, 1e140  # of a target, whose squares are summed


@dataclass(frozen=True, slots=True, eq=False)
class Dealt:
    """The rows of a design by what they are for, as places in the design.

    Attributes
    ----------
    design : Design
    train : array of int
    validation, test : array of int, or None
    notes : tuple of str
    """

    design: Design
    train: Places
    validation: Places | None
    test: Places | None
    notes: tuple[str, ...] = ()

    def parts(self, network: Network) -> Parts:
        """The rows as a network takes them."""

        def rows(places: Places | None) -> Any:
            return None if places is None else network.rows(*self.of(places))

        return Parts(rows(self.train), rows(self.validation), rows(self.test))

    def numbers(self, places: Places | slice | None) -> tuple[int, ...]:
        """The table's rows, the first is 1."""
        import numpy as np

        return () if places is None else tuple(np.asarray(self.design.rows)[places].tolist())

    def of(self, places: Places | slice) -> tuple[Any, Any]:
        """Inputs of shape (n, inputs) and response of shape (n,), in the user's units."""
        import numpy as np

        return np.asarray(self.design.matrix)[places], np.asarray(self.design.response)[places]

    def untrained(self, architecture: Architecture, seed: int) -> Network:
        """A network in the units of the training rows.

        Raises
        ------
        UsageError
            If it has other inputs or outputs than the data; a caret shows which.
        DataError
            If squares of a target of numbers leave the range of doubles.
        """
        fitted = fitting(architecture, self.design)
        x, y = self.of(self.train)
        target = None if self.design.classes else Scale.of(y[:, None])
        if target is not None and not (abs(target.center) < LARGEST and SMALLEST < target.size < LARGEST):
            raise DataError(
                "the values of the target are too large or too small for double precision", hint="give them in another unit"
            )
        return Network.untrained(fitted, seed=seed, inputs=Scale.of(x), target=target, classes=self.design.classes)


def table_of(data: Data, **options: Any) -> Table:
    """The table of a file, of columns, or of made data.

    Parameters
    ----------
    data : path, binary stream, mapping of str to sequence, or str
        A name in `made.MADE` comes before a file of that name.
    **options
        `rows`, `noise`, `arms` and `seed` of made data; None where not given.

    Raises
    ------
    UsageError
        If options of made data are given for others.
    FileError, DataError
        As `read_table`.
    """
    seed = options.pop("seed")
    given = {name: value for name, value in options.items() if value is not None}
    if is_made(data):
        return read_table(made(str(data), seed=seed, **given))
    if given:
        raise UsageError(f"--{next(iter(given))} is for data that are made", hint=f"those are {', '.join(MADE)}")
    try:
        return read_table(data)
    except FileError as problem:
        raise FileError(problem.message, hint=problem.hint or f"data that are made are called {', '.join(MADE)}") from None


def is_made(data: Data) -> bool:
    """Whether data are the name of some that are made."""
    return isinstance(data, str) and data in MADE


def design_of(
    table: Table, architecture: Architecture, target: str | None, features: Sequence[str] | None, *, classes: bool
) -> Design:
    """The design of a network.

    Parameters
    ----------
    table : Table
    architecture : Architecture
    target, features
        As `build_design` takes them.
    classes : bool
        Whether the target is known to hold classes; else it does where the network has several outputs, or where it holds words or
        just two values.
    """
    classes = classes or architecture.widths[-1] > 1 or of_classes(table, choose(table, target, features).target)
    return build_design(table, target=target, features=features, intercept=False, classes=classes, several=True)


def of_classes(table: Table, target: str) -> bool:
    """Whether a target holds words, or just two values."""
    tally = Tally(target, values=True)
    for part in table.parts([target]):
        tally.add(cleaned(part.frame.get_column(target)), None, part.first)
    return tally.numeric in (None, "boolean") or len(tally.levels) == 2


def fitting(architecture: Architecture, design: Design) -> Architecture:
    """The architecture with the output that the target asks for.

    Raises
    ------
    UsageError
        If it has other inputs or outputs than the data; a caret shows which.
    """
    inputs, outputs = architecture.widths[0], architecture.widths[-1]
    if inputs != len(design.names):
        what = f"the data have {_counted(len(design.names), 'input')} ({listed(design.names, 4)}), and the network {inputs}"
        raise architecture.wrong_width(0, what, len(design.names))
    count = len(design.classes or ())
    if outputs not in ((1, 2) if count == 2 else (max(count, 1),)):
        what = f"the target {shown(design.target)} has {count} classes, and the network {_counted(outputs, 'output')}"
        raise architecture.wrong_width(-1, what, count)
    return architecture.with_output("softmax" if outputs > 1 else "sigmoid" if count else "identity")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def dealt(design: Design, *, test: float | None, validation: float | None, seed: int) -> Dealt:
    """Deal the rows out: to the test, to the part that decides when to stop, and to the training.

    Parameters
    ----------
    design : Design
    test : float, optional
        The part of the rows for the test; by default a fifth, of fewer than 20 rows none.
    validation : float, optional
        The part of the other rows that decides when to stop; None for none.
    seed : int

    Raises
    ------
    UsageError
        If a part does not lie between 0 and 1.
    DataError
        If there are too few rows.
    """
    import numpy as np

    n = len(design.response)
    classes = np.asarray(design.response) if design.classes else None
    share = (TEST if n >= FEWEST_FOR_TEST else 0.0) if test is None else test
    train, tested, stopping = np.arange(n), None, None
    if share:
        tested = split(n, share, seed, classes=classes)
        train = np.setdiff1d(train, tested)
    if validation is not None:
        chosen = split(len(train), validation, seed + 1, classes=None if classes is None else classes[train], use="validation")
        stopping, train = train[chosen], np.delete(train, chosen)
    if len(train) < FEWEST:
        raise DataError(
            f"a network is trained on {FEWEST} rows or more, and {len(train)} is left", hint="make the other parts smaller"
        )
    notes = () if share or test is not None else (f"no rows are kept for a test: there are only {n}",)
    return Dealt(design, train, stopping, tested, notes)


def place_of(design: Design, row: int | None) -> int:
    """Where a row of the table stands in the design; the first one by default.

    Parameters
    ----------
    row : int, optional
        Counted from 1.

    Raises
    ------
    DataError
        If there is no such row, or it misses a value.
    """
    import numpy as np

    if row is None:
        return 0
    places = np.flatnonzero(np.asarray(design.rows) == row)
    if not len(places):
        last = int(np.asarray(design.rows)[-1])
        raise DataError(f"there is no row {row}, or it misses a value", hint=f"rows are counted from 1; the last is {last}")
    return int(places[0])
