"""Softmax regression: minus the log-likelihood of one of several classes.

Its loss is written for as many linear predictors as there are: one a class, or one a class after the first, whose own is then 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.models.family import Family

FAMILY = Family(
    name="softmax",
    title="softmax regression",
    link="log odds",
    loss="logsumexp(0, eta) - y*eta",  # of two classes; `loss_of` writes it for more
    prediction="sigmoid(eta)",
    start="log(m/(1 - m))",
    log_likelihood="-n*loss",
    response="classes",
    source="McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), section 5.2.4",
)


def loss_of(predictors: Sequence[str], responses: Sequence[str], *, baseline: bool) -> str:
    """The loss of one row, in linear predictors and in indicators of the classes.

    Examples
    --------
    >>> loss_of(["eta_1", "eta_2"], ["y_1", "y_2"], baseline=True)
    'logsumexp(0, eta_1, eta_2) - (y_1*eta_1 + y_2*eta_2)'
    """
    own = " + ".join(f"{y}*{eta}" for y, eta in zip(responses, predictors, strict=True))
    return f"logsumexp({', '.join([*['0'] * baseline, *predictors])}) - ({own})"
