"""What diagnostic pictures show, as numbers: curves of true and false alarms, residuals beside normal ones, means of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FEW = 10  # residuals; for so few Blom's positions are better than middles


def roc(truth: NDArray[np.bool_], prediction: Vector) -> tuple[Vector, Vector]:
    """The receiver operating characteristic: false and true positive rate at every threshold, from (0, 0) to (1, 1).

    Parameters
    ----------
    truth : array of bool, shape (n,)
        Both values occur.
    prediction : array of float, shape (n,)

    Returns
    -------
    false, true : array of float
        The area under the broken line through them is `models.areas.area_under_curve`.

    Examples
    --------
    >>> import numpy as np
    >>> false, true = roc(np.array([False, True, False, True]), np.array([0.1, 0.4, 0.4, 0.8]))
    >>> false.tolist(), true.tolist()
    ([0.0, 0.0, 0.5, 1.0], [0.0, 0.5, 1.0, 1.0])

    References
    ----------
    Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27 (2006) 861, algorithm 2.
    """
    import numpy as np

    order = np.argsort(-prediction, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(prediction[order])), len(order) - 1)  # ties are one threshold
    hits = np.cumsum(truth[order])[ends]
    true, false = hits / hits[-1], (ends + 1 - hits) / (len(truth) - hits[-1])
    return np.append(0.0, false), np.append(0.0, true)


def normal_positions(n: int, ranks: NDArray[np.int_]) -> tuple[Vector, Vector, Vector]:
    """Where the sorted values of a normal sample of size n are expected, in standard deviations, and where 95 % of them lie.

    Parameters
    ----------
    n : int
    ranks : array of int, shape (m,)
        From 1, the smallest.

    Returns
    -------
    expected, low, high : array of float, shape (m,)
        The middle, and the quantiles of each order statistic on its own.

    Examples
    --------
    >>> import numpy as np
    >>> expected, low, high = normal_positions(11, np.array([1, 6, 11]))
    >>> expected.round(3).tolist(), high.round(3).tolist()
    ([-1.691, 0.0, 1.691], [-0.568, 0.726, 2.834])

    References
    ----------
    Blom, Statistical Estimates and Transformed Beta-Variables (1958): (i - 3/8)/(n + 1/4) up to ten values, (i - 1/2)/n beyond,
    as R's `ppoints` has it. The i-th smallest of n uniform numbers has the distribution Beta(i, n - i + 1).
    """
    from scipy.special import betaincinv, ndtri

    shift = 3 / 8 if n <= FEW else 1 / 2
    low, high = (ndtri(betaincinv(ranks, n - ranks + 1, level)) for level in (0.025, 0.975))
    return ndtri((ranks - shift) / (n + 1 - 2 * shift)), low, high


def part_means(x: Vector, y: Vector, parts: int) -> tuple[Vector, Vector]:
    """Means of x and of y in parts of equal size, in the order of x: a trend that needs no model.

    Examples
    --------
    >>> import numpy as np
    >>> [means.tolist() for means in part_means(np.array([3.0, 1.0, 2.0, 4.0]), np.array([6.0, 2.0, 4.0, 8.0]), 2)]
    [[1.5, 3.5], [3.0, 7.0]]
    """
    import numpy as np

    order = np.argsort(x, kind="stable")
    cuts = [part for part in np.array_split(order, parts) if len(part)]
    return np.array([x[part].mean() for part in cuts]), np.array([y[part].mean() for part in cuts])
