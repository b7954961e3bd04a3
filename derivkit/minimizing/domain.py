"""Why a function has no value at a point: which function of the table is outside its domain there."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivkit.minimizing.function import Function
from derivkit.minimizing.words import place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LOST = ("outside_domain", "pole")


def why_undefined(function: Function, x: Vector) -> str:
    """One sentence: the function of the table that is left, and what it needs.

    Parameters
    ----------
    function : Function
    x : array of float, shape (d,)
        Where value or gradient is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit.expression.parser import parse
    >>> from derivkit.minimizing.function import Formula
    >>> why_undefined(Formula(parse("x*log(x)").graph), np.array([-1.0]))
    'at x = -1 the function is undefined: log(x) needs x > 0'
    """
    import numpy as np

    where = f"at {place(function.variables, x.tolist())}"
    if not np.isfinite(x).all():
        return f"{where} the variables themselves are too large for doubles"
    if function.graph is None:
        return f"{where} the function has no finite value or gradient"
    from derivkit.checking.sampling import constant
    from derivkit.checking.survey import needed, survey
    from derivkit.enclose import TRUTH_BITS, enclosures
    from derivkit.functions import precision

    point = {name: constant(Fraction(value)) for name, value in zip(function.variables, x.tolist(), strict=True)}
    with precision(TRUTH_BITS):
        found = survey(function.graph, enclosures(function.graph, point), function.variables)
        lost = next((suspicion for suspicion in found if suspicion.kind in LOST), None)
        if lost is not None:
            return f"{where} the function is undefined: {needed(function.graph, lost)}"
        steep = next((suspicion for suspicion in found if suspicion.kind == "infinite_slope"), None)
    if steep is not None:
        return f"{where} the slope is infinite"
    return f"{where} the value or the gradient is too large for a double"
