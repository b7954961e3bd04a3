"""Quantile regression: below the plane lies the part tau of the rows."""

from __future__ import annotations

from derivkit.models.family import Family

FAMILY = Family(
    name="quantile",
    title="quantile regression",
    link="identity",
    loss="max(tau*(y - eta), (tau - 1)*(y - eta))",
    prediction="eta",
    start="m",
    errors="kernel",
    curved=False,
    settings={"tau": 0.5},
    source="Koenker and Bassett, Regression quantiles, Econometrica 46 (1978) 33",
)
