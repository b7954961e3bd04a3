"""Finite differences with a bound on their error: stencil (where and with which weights), extrapolation (one step), search (which step)."""

from __future__ import annotations

from derivkit.finite.search import derivative

__all__ = ["derivative"]
