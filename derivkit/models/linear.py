"""Linear regression: half the squared residual, which is the Gaussian log-likelihood up to scale."""

from __future__ import annotations

from derivkit.models.family import Family
from derivkit.models.metrics import regression

FAMILY = Family(
    name="linear",
    title="linear regression",
    loss="(y - eta)^2/2",
    prediction="eta",
    start="m",
    log_likelihood="-n/2*(log(4*pi*loss) + 1)",  # Gaussian with variance rss/n = 2*loss
    dispersion="2*n*loss/(n - p)",
    distribution="t",
    classes=False,
    metrics=regression,
    source="Seber and Lee, Linear Regression Analysis, 2nd ed. (2003), sections 3.3 to 3.5",
)
