"""Logistic regression: minus the log-likelihood of the last of two classes."""

from __future__ import annotations

from derivkit.models.family import Family

FAMILY = Family(
    name="logistic",
    title="logistic regression",
    link="logit",
    loss="softplus(eta) - y*eta",
    prediction="sigmoid(eta)",
    start="log(m/(1 - m))",
    variance="mu*(1 - mu)",
    log_likelihood="-n*loss",
    response="two classes",
    source="McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), sections 4.3 and 4.4",
)
