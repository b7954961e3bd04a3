"""Minimizers. Each takes a function of one array that returns value and gradient, a start, and returns a `Minimum`."""
