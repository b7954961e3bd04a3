"""How far a long calculation is, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Progress

SECONDS_BETWEEN_REPORTS = 1.0


def on_standard_error(what: str, unit: str = "step") -> Progress:
    """Say about once a second which step, or other unit, was reached, and the value of `what` there."""
    import sys
    from time import monotonic

    last: float | None = None

    def report(step: int, value: float) -> None:
        nonlocal last
        now = monotonic()
        last = now if last is None else last
        if now - last > SECONDS_BETWEEN_REPORTS:
            last = now
            sys.stderr.write(f"{unit} {step}: {what} {value:.8g}\n")

    return report
