"""SymPy's side: the graph as formulas, their derivatives, the form that reads best, exact values."""
