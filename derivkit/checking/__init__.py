"""The check: several routes to one derivative, and a verdict with its cause."""
