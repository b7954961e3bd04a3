"""Differences, slopes and integrals of sampled functions."""
