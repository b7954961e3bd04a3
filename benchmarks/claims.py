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
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from multiprocessing import Pool

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


HEAD = (
    f"{'':<26}{'right':>7}{'equal':>7}{'proved':>8}{'refused':>9}{'alarms':>8}"
    f"{'wrong':>8}{'caught':>8}{'witness':>9}{'refused':>9}{'missed':>8}{'slip named':>13}{'ms':>6}"
)


def line(name: str, found: Sequence[Timed]) -> str:
    """One line of the table."""
    rulings = [ruling for ruling, _ in found]
    right = [ruling for ruling in rulings if not ruling.claim.kinds]
    wrong = [ruling for ruling in rulings if ruling.claim.kinds]
    asked = [ruling for ruling in wrong if ruling.claim.form not in UNEXPLAINED]

    def count(group: Iterable[Ruling], holds: Callable[[Ruling], object]) -> int:
        return sum(bool(holds(ruling)) for ruling in group)

    named = f"{count(asked, lambda r: r.kind in r.claim.kinds)}/{len(asked)}"
    milliseconds = 1e3 * sum(seconds for _, seconds in found) / max(len(found), 1)
    return (
        f"{name:<26}{len(right):>7}{count(right, lambda r: r.verdict == 'equal'):>7}{count(right, lambda r: r.proved):>8}"
        f"{count(right, lambda r: r.verdict not in ('equal', 'different')):>9}{count(right, lambda r: r.verdict == 'different'):>8}"
        f"{len(wrong):>8}{count(wrong, lambda r: r.verdict == 'different'):>8}{count(wrong, lambda r: r.honest):>9}"
        f"{count(wrong, lambda r: r.verdict not in ('equal', 'different')):>9}{count(wrong, lambda r: r.verdict == 'equal'):>8}"
        f"{named:>13}{milliseconds:>6.0f}"
    )


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


def main() -> None:
    """Judge everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="every n-th expression")
    parser.add_argument("--variables", type=int, default=1, help="variables of an expression to differentiate by")
    parser.add_argument("--right", type=int, default=4, help="right forms of a derivative")
    parser.add_argument("--wrong", type=int, default=1, help="wrong forms of a derivative, of each kind")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    everything: list[Timed] = []
    print(HEAD, flush=True)
    with Pool(options.processes) as pool:
        work = pool.imap(
            partial(judged, variables=options.variables, right=options.right, wrong=options.wrong),
            [entry.name for entry in published()[:: options.every]],
        )
        for found in work:
            everything += found
            print(line(found[0][0].claim.name, found), flush=True)
            for ruling, _ in found:
                said = fault(ruling)
                if said:
                    print(f"    d/d{ruling.claim.wrt}: {said}: {ruling.claim.text[:150]} | {ruling.message[:200]}", flush=True)
    print(line("all", everything))
    by_form: dict[str, list[Timed]] = defaultdict(list)
    for ruling, seconds in everything:
        by_form[ruling.claim.form].append((ruling, seconds))
    print("\nby form and by slip\n" + HEAD)
    for form, found in by_form.items():
        print(line(form, found))
    mistaken = Counter(
        (ruling.claim.form, ruling.kind)
        for ruling, _ in everything
        if ruling.claim.kinds and ruling.claim.form not in UNEXPLAINED and ruling.kind not in ruling.claim.kinds
    )
    print("\nslips that are explained otherwise:", ", ".join(f"{a} as {b}: {n}" for (a, b), n in mistaken.most_common()) or "none")


if __name__ == "__main__":
    main()
