"""Reverse mode: one forward and one backward sweep give a value and all its partial derivatives."""
