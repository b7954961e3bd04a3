"""Model families, one file each: a loss written in derivkit's own language, where it starts, and what to report.

Adding a family is adding a module with a `FAMILY` and its name to `MODULES`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from derivkit.models.family import Family

__all__ = ["Family", "families", "family_named"]

MODULES = ("linear", "logistic", "softmax", "poisson", "gamma", "huber", "quantile")


def family_named(name: str) -> Family:
    """One family; its module alone is loaded."""
    family: Family = import_module(f"derivkit.models.{name}").FAMILY
    return family


@cache
def families() -> dict[str, Family]:
    """Every family by its name.

    Examples
    --------
    >>> from derivkit.models import families
    >>> families()["logistic"].loss
    'softplus(eta) - y*eta'
    """
    rows = [family_named(module) for module in MODULES]
    return {row.name: row for row in rows}
