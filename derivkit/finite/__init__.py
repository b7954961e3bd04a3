"""Finite differences with a bound on their error.

Three parts, each usable alone: `stencil` (where to sample, and the weights), `extrapolation` (what one step says), `search` (which
step says it best).
"""

from __future__ import annotations

from derivkit.finite.arrays import gradient, partial
from derivkit.finite.search import derivative

__all__ = ["derivative", "gradient", "partial"]
