"""Before the first step: the gradient at the start against slopes between values of the function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.minimizing.function import Function
from derivkit.records import RouteReport, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

SECONDS = 10.0


def check_gradient(function: Function, start: Vector) -> Verdict:
    """Compare the gradient with differences of the function's values, along few directions or, where needed, entry by entry.

    Parameters
    ----------
    function : Function
    start : array of float, shape (d,)
        In the function's domain.

    Returns
    -------
    Verdict
        "disagree" names the entry; "refused" where nothing can be told, as at a kink.
    """
    import numpy as np

    from derivkit.blackbox.check import check_gradient as examine

    names = function.variables

    def named(x: Vector) -> Any:
        return x if function.graph is None else dict(zip(names, x.tolist(), strict=True))

    def flat(at: Any) -> Vector:
        return np.array([float(at[name]) for name in names]) if isinstance(at, dict) else np.asarray(at)

    found = examine(
        lambda at: function.value(flat(at)),
        lambda at: named(function.value_and_gradient(flat(at))[1]),
        named(start),
        seconds=SECONDS,
    )
    worst = found.worst[0] if found.worst else None
    error = None if worst is None else abs(worst.claimed - worst.measured) / (abs(worst.measured) or 1.0)
    report = RouteReport("tape", error, found.resolution, None)
    odd = "tape" if found.verdict == "disagree" else None
    witness = dict(zip(names, start.tolist(), strict=True)) if found.verdict != "agree" else None
    return Verdict(found.verdict, found.reason, found.message, 1, odd, (report,), witness)
