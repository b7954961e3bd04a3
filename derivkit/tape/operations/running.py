"""What runs along an axis: cumulative sums and products."""
