"""A verdict on a formula in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.conditioning.measure import DIGITS
from derivkit.conditioning.records import Reading, Rewrite

LEAVES = {
    "overflow": "{text} overflows on the way to {what} = {value:.10g}",
    "underflow": "{text} underflows on the way to {what} = {value:.10g}",
    "invalid": "{text} is no number in doubles, on the way to {what} = {value:.10g}",
    "cancellation": "{lost:.0f} of 16 digits of {what} are lost in {text}, where nearly equal numbers cancel",
    "amplification": "{lost:.0f} of 16 digits of {what} are lost in {text}, which magnifies the rounding of its arguments",
}


def message_of(verdict: str, reading: Reading, readings: Sequence[Reading], rewrite: Rewrite | None) -> str:
    """What a verdict means at the point.

    Parameters
    ----------
    verdict : str
    reading : Reading
        The number behind it.
    readings : sequence of Reading
        All numbers.
    rewrite : Rewrite or None
    """
    what = name_of(reading)
    if verdict == "healthy":
        fewest = min(readings, key=lambda one: one.kept)
        extent = "everywhere" if fewest.lost < 1 else f"of {name_of(fewest)}"
        return f"{fewest.kept:.1f} of {DIGITS:.1f} digits are right, {extent}" if fewest.lost >= 1 else "all digits are right"
    if verdict == "ill_conditioned":
        return f"relative errors of the variables grow {reading.condition:.1e}-fold in {what}; the formula is not to blame"
    loss = reading.loss
    text = "rounding" if loss is None else loss.text
    said = LEAVES[verdict].format(text=text, what=what, value=reading.value, lost=reading.to_formula)
    if rewrite is None or rewrite.wrt != reading.wrt:
        return said
    return f"{said}; the rewrite keeps {rewrite.digits_after:.0f}"


def name_of(reading: Reading) -> str:
    """`f`, or what its derivative is called in a sentence."""
    return "f" if reading.wrt is None else f"the derivative in {reading.wrt}"
