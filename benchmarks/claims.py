"""How `check --claim` judges right derivatives in many forms and wrong ones by every usual slip: the mutation test, whole.

First partials of every expression in tests/corpus. Right forms and wrong ones are made and verified by tests/mutations.py,
which shares no arithmetic with derivkit. A miss is a wrong claim that is called equal, a false alarm a right one that is called
different; a witness is right if both its numbers are, to twelve digits, and differ; a diagnosis is right if the slip that it
names leads to the claim.

    python -m benchmarks.claims [--every 1] [--variables 1] [--right 4] [--wrong 1] [--processes 2]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import Pool

from derivkit.expression.lexer import shortened
from tests.mutations import UNEXPLAINED, Ruling, claims, rule
from tests.published import published

Timed = tuple[Ruling, float]


def judged(name: str, *, variables: int, right: int, wrong: int) -> list[Timed]:
    """The rulings on all claims about one expression, with the seconds that each took."""
    found = []
    entry = next(entry for entry in published() if entry.name == name)  # graphs do not travel between processes
    names = entry.graph.variables
    for wrt in random.Random(name).sample(names, min(variables, len(names))):
        for claim in claims(entry, wrt, right=right, wrong=wrong):
            start = time.perf_counter()
            found.append((rule(claim), time.perf_counter() - start))
    return found


COLUMNS = ("right", "equal", "proved", "refused", "alarms", "wrong", "caught", "witness", "refused", "missed", "slip named", "ms")
HEAD = " " * 26 + "".join(f"{column:>11}" for column in COLUMNS)


def line(name: str, found: Sequence[Timed]) -> str:
    """One line of the table."""
    right = [ruling for ruling, _ in found if not ruling.claim.kinds]
    wrong = [ruling for ruling, _ in found if ruling.claim.kinds]
    asked = [ruling for ruling in wrong if ruling.claim.form not in UNEXPLAINED]
    said, blamed = Counter(ruling.verdict for ruling in right), Counter(ruling.verdict for ruling in wrong)
    cells = (
        len(right),
        said["equal"],
        sum(ruling.proved for ruling in right),
        len(right) - said["equal"] - said["different"],
        said["different"],
        len(wrong),
        blamed["different"],
        sum(ruling.honest is True for ruling in wrong),
        len(wrong) - blamed["equal"] - blamed["different"],
        blamed["equal"],
        f"{sum(ruling.kind in ruling.claim.kinds for ruling in asked)}/{len(asked)}",
        round(1e3 * sum(seconds for _, seconds in found) / len(found)),
    )
    return f"{name:<26}" + "".join(f"{cell:>11}" for cell in cells)


def fault(ruling: Ruling) -> str | None:
    """What is wrong with a ruling, if anything."""
    claim = ruling.claim
    if not claim.kinds:
        return None if ruling.verdict == "equal" else f"right, {claim.form}: {ruling.verdict}"
    if ruling.verdict != "different":
        return f"wrong, {claim.form}: {ruling.verdict}"
    if not ruling.honest:
        return f"wrong, {claim.form}: the witness is"
    if claim.form in UNEXPLAINED or ruling.kind in claim.kinds:
        return None
    return f"wrong, {claim.form}: explained as {ruling.kind}, not {'/'.join(sorted(claim.kinds))}"


def everything(options: argparse.Namespace) -> Iterator[Timed]:
    """Judge the corpus, and print a line an expression, with what went wrong below it."""
    ask = partial(judged, variables=options.variables, right=options.right, wrong=options.wrong)
    with Pool(options.processes) as pool:
        for found in pool.imap(ask, [entry.name for entry in published()[:: options.every]]):
            print(line(found[0][0].claim.name, found), flush=True)
            for ruling, _ in found:
                if said := fault(ruling):
                    print(f"    d/d{ruling.claim.wrt}: {said}: {shortened(ruling.claim.text, 150)}", flush=True)
            yield from found


def summary(found: Sequence[Timed]) -> None:
    """Print the totals: of all, of every form and slip, and which slips are explained as others."""
    print(f"{line('all', found)}\n\nby form and by slip\n{HEAD}")
    groups: dict[str, list[Timed]] = defaultdict(list)
    for one in found:
        groups[one[0].claim.form].append(one)
    for form, group in sorted(groups.items(), key=lambda item: (bool(item[1][0][0].claim.kinds), item[0])):
        print(line(form[:26], group))
    wrong = [ruling for ruling, _ in found if ruling.claim.kinds and ruling.claim.form not in UNEXPLAINED]
    strange = Counter((ruling.claim.form, ruling.kind) for ruling in wrong if ruling.kind not in ruling.claim.kinds)
    print("\nexplained otherwise:", ", ".join(f"{form} as {kind} {n}" for (form, kind), n in strange.most_common()) or "none")


def main() -> None:
    """Judge everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="every n-th expression")
    parser.add_argument("--variables", type=int, default=1, help="variables of an expression to differentiate by")
    parser.add_argument("--right", type=int, default=4, help="right forms of a derivative")
    parser.add_argument("--wrong", type=int, default=1, help="wrong forms of a derivative, of each kind")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(HEAD, flush=True)
    summary(list(everything(options)))


if __name__ == "__main__":
    main()
