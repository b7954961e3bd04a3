"""Proofs about a function on a whole region, by subdivision in ball arithmetic."""
