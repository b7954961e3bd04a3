"""How far a long calculation is, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivkit.optimize.minimum import Progress

SECONDS_BETWEEN_REPORTS = 1.0


def on_standard_error(what: str) -> Progress:
    """Say about once a second which step was reached, and the value of `what` there."""
    import sys
    from time import monotonic

    last = monotonic()

    def report(step: int, value: float) -> None:
        nonlocal last
        if monotonic() - last > SECONDS_BETWEEN_REPORTS:
            last = monotonic()
            sys.stderr.write(f"step {step}: {what} {value:.8g}\n")

    return report
