"""Poisson regression: counts whose mean is the exponential of the linear predictor."""

from __future__ import annotations

from derivkit.models.family import Family

FAMILY = Family(
    name="poisson",
    title="Poisson regression",
    link="log",
    loss="exp(eta) - y*eta",
    constant="loggamma(y + 1)",  # log y!
    prediction="exp(eta)",
    start="log(m)",
    deviance="2*(piecewise((0, y == 0), (y*log(y/mu), true)) - (y - mu))",
    variance="mu",
    log_likelihood="-n*loss",
    response="not negative",
    source="McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), sections 2.3.1 and 6.3",
)
