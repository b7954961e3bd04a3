"""What derivatives do with NumPy's functions: one module a kind, each function declared once with its rules."""
