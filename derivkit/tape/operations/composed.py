"""Functions of NumPy that are composed of others."""
