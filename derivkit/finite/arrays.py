"""Partial derivatives of a function of an array, one entry at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from derivkit.finite.search import derivative
from derivkit.records import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray


def partial(
    function: Callable[[Any], float],
    x: Any,
    index: int | tuple[int, ...],
    *,
    order: int = 1,
    scale: float | None = None,
    noise: float | None = None,
) -> Estimate:
    """A derivative of a function of an array with respect to one entry.

    Parameters
    ----------
    function : callable
        From an array of x's shape to float; it gets a new float64 array at every call.
    x : array_like
        The point, never changed.
    index : int or tuple of int
        Which entry.
    order, scale, noise
        As for `derivative`.

    Returns
    -------
    Estimate
    """
    import numpy as np

    point = np.array(x, dtype=np.float64)

    def along(entry: float) -> float:
        moved = point.copy()
        moved[index] = entry
        return function(moved)

    return derivative(along, float(point[index]), order=order, scale=scale, noise=noise)


def gradient(
    function: Callable[[Any], float], x: Any, *, scale: float | None = None, noise: float | None = None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """All first partial derivatives of a function of an array, with bounds on their errors.

    Parameters
    ----------
    function, x, scale, noise
        As for `partial`.

    Returns
    -------
    values, errors : ndarray
        Of x's shape; NaN and infinity where nothing can be said.

    Examples
    --------
    >>> values, errors = gradient(lambda x: float(x[0] ** 2 * x[1]), [3.0, 2.0])
    >>> [round(float(value), 9) for value in values]
    [12.0, 9.0]
    """
    import numpy as np

    point = np.array(x, dtype=np.float64)
    values = np.empty_like(point)
    errors = np.empty_like(point)
    for index in np.ndindex(point.shape):
        estimate = partial(function, point, index, scale=scale, noise=noise)
        values[index], errors[index] = estimate.value, estimate.error
    return values, errors
