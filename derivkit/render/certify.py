"""The page and the document of `certify`."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from derivkit.expression.printer import to_text
from derivkit.render.numbers import number
from derivkit.render.page import Layout, Line, Page, Style, Styled, wrapped

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph
    from derivkit.expression.region import Region
    from derivkit.records import Bounds, Certificate, Counterexample

MOST_ROOTS = 20  # on a page; a document has all
_STYLES: dict[str, Style] = {"proved": "good", "refuted": "bad", "undecided": "bad"}


def page(graph: Graph, region: Region, answer: Certificate, layout: Layout) -> Page:
    """The page of `certify`: the function, the region, and what is proved."""
    ends = ", ".join(f"{name} = {to_text(i.low)} .. {to_text(i.high)}" for name, i in region.items())
    lines: list[Line] = [
        *wrapped(Styled("f", "title"), f" = {to_text(graph)}", layout),
        *wrapped(Styled("on", "title"), f" {ends}", layout),
    ]
    if answer.claim is not None:
        lines += wrapped(Styled("claim", "title"), f": {' '.join(answer.claim.split())}", layout)
    if answer.roots is not None:
        lines += _roots(answer.roots)
    if answer.range is not None:
        lines += ["", f"{number(answer.range[0])} <= f <= {number(answer.range[1])}"]
    for fact in answer.facts:
        lines += _fact(fact, layout)
    return [*lines, *_verdict(answer, layout)]


def _verdict(answer: Certificate, layout: Layout) -> list[Line]:
    reason = answer.reason if answer.reason not in (None, "witness", "count") else None
    label = Styled(answer.verdict + (f" ({reason})" if reason else ""), _STYLES[answer.verdict])
    looked = f"{answer.boxes:,} box{'es' * (answer.boxes != 1)}"
    text = f"{label.text} {layout.dash()} {answer.message} [{looked}]"
    first, *rest = wrap(text, layout.width, subsequent_indent="  ", break_on_hyphens=False)
    return ["", (label, first.removeprefix(label.text)), *rest]


def _fact(fact: Certificate, layout: Layout) -> list[Line]:
    """One line of what is known without a claim."""
    if fact.verdict == "proved":
        slope = [] if fact.range is None else [f"{number(fact.range[0])} <= f' <= {number(fact.range[1])}"]
        return [*slope, fact.message if slope or (fact.claim or "").startswith("lipschitz") else f"{fact.claim}"]
    kind = f"not {fact.claim}" if fact.verdict == "refuted" else f"{fact.claim}?"
    return list(wrap(f"{kind}: {fact.message}", layout.width, subsequent_indent="  ", break_on_hyphens=False))


def _roots(roots: tuple[Bounds, ...]) -> list[Line]:
    shown = [f"  f = 0 at {number(low)}" if low == high else f"  f = 0 in [{number(low)}, {number(high)}]" for low, high in roots]
    more = [f"  ... and {len(shown) - MOST_ROOTS} more"] if len(shown) > MOST_ROOTS else []
    return ["", *shown[:MOST_ROOTS], *more] if shown else []


def document(answer: Certificate, region: Region) -> dict[str, Any]:
    """The document of `certify`."""
    return {
        "region": {name: {"low": to_text(i.low), "high": to_text(i.high)} for name, i in region.items()},
        **_certificate(answer),
        "range": answer.range,
        "facts": [{**_certificate(fact), "range": fact.range} for fact in answer.facts],
    }


def _certificate(answer: Certificate) -> dict[str, Any]:
    return {
        "claim": answer.claim,
        "verdict": answer.verdict,
        "reason": answer.reason,
        "message": answer.message,
        "boxes": answer.boxes,
        "witness": None if answer.witness is None else _witness(answer.witness),
        "roots": answer.roots or [],
    }


def _witness(witness: Counterexample) -> dict[str, Any]:
    return {"at": witness.at, "exact": witness.exact, "values": witness.values}
