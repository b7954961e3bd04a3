"""Logistic regression: minus the log-likelihood of the last of two classes."""

from __future__ import annotations

from derivkit.models.family import Family
from derivkit.models.metrics import classification

FAMILY = Family(
    name="logistic",
    title="logistic regression",
    loss="softplus(eta) - y*eta",
    prediction="sigmoid(eta)",
    start="log(m/(1 - m))",
    log_likelihood="-n*loss",
    dispersion="1",
    distribution="normal",
    classes=True,
    metrics=classification,
    source="McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), sections 4.3 and 4.4",
)
