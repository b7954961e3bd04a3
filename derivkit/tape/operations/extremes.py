"""The largest and the smallest: extremes along axes, sorting, order statistics."""
