"""Run the self-test of the table, on all cores."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from derivkit.functions import Row, table
from derivkit.selftest.examine import examine
from derivkit.selftest.records import SelfTest, Tally, merged

FEW = 4  # rows for which other processes do not pay

Progress = Callable[[int, int, str], None]  # how many rows are done, of how many, and which was the last


def selftest(name: str | None = None, *, workers: int | None = None, progress: Progress | None = None) -> SelfTest:
    """Compare every function of the table, over its domain, by all routes.

    Parameters
    ----------
    name : str, optional
        One function, or an alias of it, or a row that only partials write; all by default.
    workers : int, optional
        How many processes work on it; one a core by default.
    progress : callable, optional
        Told after each row how many are done.

    Returns
    -------
    SelfTest
        Its `verdict` is "agree" or "disagree".

    Raises
    ------
    KeyError
        If there is no such function.

    Examples
    --------
    >>> selftest("sinh").verdict
    'agree'
    """
    start = time.monotonic()
    rows = rows_of(name)
    tallies: dict[int, Tally] = {}
    for place, tally in _examined(rows, workers or os.cpu_count() or 1):
        tallies[place] = tally
        if progress is not None:
            progress(len(tallies), len(rows), tally.name)
    ordered = [tallies[place] for place in sorted(tallies)]
    groups = dict.fromkeys(tally.group for tally in ordered)
    found = tuple(merged(group, [tally for tally in ordered if tally.group == group]) for group in groups)
    verdict = "disagree" if any(group.disagreements for group in found) else "agree"
    return SelfTest(verdict, found, time.monotonic() - start)


def rows_of(name: str | None = None) -> list[Row]:
    """The rows to examine: all that take arguments, or those of one name.

    Raises
    ------
    KeyError
        If there are none.
    """
    rows = [row for row in table() if row.arity and (name is None or name in (row.name, *row.aliases))]
    if not rows:
        raise KeyError(name)
    return rows


def _examined(rows: Sequence[Row], workers: int) -> Iterator[tuple[int, Tally]]:
    """The tally of every row with its place, in the order in which they are done."""
    if len(rows) <= FEW or workers == 1:
        yield from ((place, examine(row)) for place, row in enumerate(rows))
        return
    places = {row: place for place, row in enumerate(table())}
    # fresh processes: FLINT's settings, and the threads of NumPy's libraries, are not to be shared
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # what comes last in the table takes longest, and is begun first
        futures = {pool.submit(_examine_at, places[row]): place for place, row in reversed(list(enumerate(rows)))}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _examine_at(place: int) -> Tally:
    """Examine the row at a place of the table: rows themselves do not travel between processes."""
    return examine(table()[place])
