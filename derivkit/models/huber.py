"""Huber's robust regression: squares of small residuals, absolute values of large ones."""

from __future__ import annotations

from derivkit.models.family import Family

FAMILY = Family(
    name="huber",
    title="Huber regression",
    link="identity",
    loss="piecewise(((y - eta)^2/2, abs(y - eta) <= delta), (delta*abs(y - eta) - delta^2/2, true))",
    prediction="eta",
    start="m",
    errors="huber",
    scaled=True,
    settings={"delta": 1.345},  # 95 % efficient for Gaussian errors
    source="Huber, Robust Statistics (1981), sections 7.3 to 7.6",
)
