"""Formulas fitted to data: columns and parameters told apart, least squares by exact derivatives, and what can be said of the
result."""
