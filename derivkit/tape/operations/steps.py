"""Functions that are constant, or the identity, between steps: clip, round, nan_to_num."""
