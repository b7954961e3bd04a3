"""Linear regression: half the squared residual, which is the Gaussian log-likelihood up to scale."""

from __future__ import annotations

from derivkit.models.family import Family

FAMILY = Family(
    name="linear",
    title="linear regression",
    link="identity",
    loss="(y - eta)^2/2",
    prediction="eta",
    start="m",
    deviance="(y - mu)^2",
    dispersed=True,
    log_likelihood="-n/2*(log(4*pi*loss) + 1)",  # Gaussian with variance rss/n = 2*loss
    distribution="t",
    source="Seber and Lee, Linear Regression Analysis, 2nd ed. (2003), sections 3.3 to 3.5",
)
