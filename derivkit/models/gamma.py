"""Gamma regression with a log link: positive numbers whose standard deviation grows with their mean."""

from __future__ import annotations

from derivkit.models.family import Family

FAMILY = Family(
    name="gamma",
    title="gamma regression",
    link="log",
    loss="y*exp(-eta) + eta",  # minus the log-likelihood at dispersion 1; at another it is this divided by it, and a constant
    prediction="exp(eta)",
    start="log(m)",
    deviance="2*((y - mu)/mu - log(y/mu))",
    variance="mu^2",
    dispersed=True,
    log_likelihood="-n*(loss/phi + log(phi)/phi + loggamma(1/phi) - (1/phi - 1)*log_y)",
    response="positive",
    source="McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), sections 8.2 and 8.3",
)
