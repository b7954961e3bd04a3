"""Forms that lose digits or overflow in floats, and what to compute instead.

Each pair holds for every real number for which the left side is defined. Capital letters stand for any subexpression; sums and
products match in either order. They are used for numbers only: what a person typed is shown, and differentiated by SymPy, as it
stands.

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (SIAM 2002), 1.7 and 1.14; Mächler, Accurately computing
log(1 - exp(-|a|)) (2012).
"""

from __future__ import annotations

# The first rule that matches is taken.
STABLE_FORMS = (
    ("A^0", "1"),
    ("1/(1 + exp(A))", "sigmoid(-A)"),
    ("(1 + exp(A))^(-1)", "sigmoid(-A)"),
    ("exp(A)/(1 + exp(A))", "sigmoid(A)"),
    ("exp(A)/(1 + exp(A))^2", "sigmoid(A)*sigmoid(-A)"),
    ("exp(A)/(exp(A) + exp(B))", "sigmoid(A - B)"),
    ("log(1 + exp(A))", "softplus(A)"),
    ("log(exp(A) + exp(B))", "logsumexp(A, B)"),
    ("log(exp(A) + exp(B) + exp(C))", "logsumexp(A, B, C)"),
    ("log(exp(A) + exp(B) + exp(C) + exp(D))", "logsumexp(A, B, C, D)"),
    ("log(1 + A)", "log1p(A)"),
    ("log(1 - A)", "log1p(-A)"),
    ("exp(A) - 1", "expm1(A)"),
    ("1 - exp(A)", "-expm1(A)"),
    ("1 - cos(A)", "2*sin(A/2)^2"),
    ("1 - tanh(A)^2", "sech(A)^2"),
    ("1 - erf(A)", "erfc(A)"),
    ("sqrt(A^2 + B^2)", "hypot(A, B)"),
    ("hypot(A, B)^2", "A^2 + B^2"),  # no more likely to overflow, and smooth at 0 by its formula
)
