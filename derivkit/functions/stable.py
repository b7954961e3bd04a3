"""Forms that lose digits or overflow in floats, and what to compute instead.

Each pair holds for every real number for which the left side is defined. Capital letters stand for any subexpression; sums and
products match in either order. They are used for numbers only: what a person typed is shown, and differentiated by SymPy, as it
stands. What holds for all real numbers may still lose digits where the left side does not: `STABLE_FORMS` are as good or better
everywhere, and taken unasked; `SUGGESTED_FORMS` are nowhere worse than rounding the arguments is, and proposed where they measure
better.

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (SIAM 2002), 1.7 and 1.14; Mächler, Accurately computing
log(1 - exp(-|a|)) (2012); Goldberg, What every computer scientist should know
about floating-point arithmetic, ACM Computing Surveys 23 (1991) 5; the identities: DLMF 4.5, 4.21, 4.24, 4.35, 5.5, 7.2.
"""

from __future__ import annotations

Form = tuple[str, str]

# The first rule that matches is taken.
STABLE_FORMS: tuple[Form, ...] = (
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

# Pieces are there where the right side alone would be undefined, or worse: differences of functions are only rewritten where their
# arguments are near, and the difference of these is exact by Sterbenz's lemma (Higham 2.5) or as good as that.
SUGGESTED_FORMS: tuple[Form, ...] = (
    # roots
    ("sqrt(B^2 + C) - B", "piecewise((C/(sqrt(B^2 + C) + B), B > 0), (sqrt(B^2 + C) - B, true))"),
    ("sqrt(B^2 - C) - B", "piecewise((-C/(sqrt(B^2 - C) + B), B > 0), (sqrt(B^2 - C) - B, true))"),
    ("-B + sqrt(B^2 - C)", "piecewise((-C/(sqrt(B^2 - C) + B), B > 0), (sqrt(B^2 - C) - B, true))"),
    ("-B - sqrt(B^2 - C)", "piecewise((C/(sqrt(B^2 - C) - B), B < 0), (-B - sqrt(B^2 - C), true))"),
    ("B - sqrt(B^2 + C)", "piecewise((-C/(sqrt(B^2 + C) + B), B > 0), (B - sqrt(B^2 + C), true))"),
    ("B - sqrt(B^2 - C)", "piecewise((C/(sqrt(B^2 - C) + B), B > 0), (B - sqrt(B^2 - C), true))"),
    ("sqrt(A) - 1", "(A - 1)/(sqrt(A) + 1)"),
    ("1 - sqrt(A)", "(1 - A)/(1 + sqrt(A))"),
    ("sqrt(A) - sqrt(B)", "piecewise(((A - B)/(sqrt(A) + sqrt(B)), A != B), (0, true))"),
    ("sqrt(A^2)", "abs(A)"),
    # powers
    ("(A + B)^2 - A^2", "B*(2*A + B)"),
    ("(A^2 + B^2)/2 - ((A + B)/2)^2", "((A - B)/2)^2"),
    ("A^2 + B^2 - 2*A*B*cos(C)", "(A - B)^2 + 4*A*B*sin(C/2)^2"),
    ("cosh(A)^2 - 1", "sinh(A)^2"),
    ("1 - cos(A)^2", "sin(A)^2"),
    ("1 - sin(A)^2", "cos(A)^2"),
    ("1 - sech(A)^2", "tanh(A)^2"),
    ("A^2 - 1", "(A - 1)*(A + 1)"),
    ("1 - A^2", "(1 - A)*(1 + A)"),
    ("A^2 - B^2", "(A - B)*(A + B)"),
    ("A^3 - B^3", "(A - B)*(A^2 + A*B + B^2)"),
    ("1/A - 1/B", "piecewise(((B - A)/A/B, abs(A - B) < abs(B)/2), (1/A - 1/B, true))"),
    ("(1 + A)^B - 1", "piecewise((expm1(B*log1p(A)), abs(A) < 1/2), ((1 + A)^B - 1, true))"),
    ("(1 + A)^B", "piecewise((exp(B*log1p(A)), abs(A) < 1/2), ((1 + A)^B, true))"),
    ("(1 - A)^B", "piecewise((exp(B*log1p(-A)), abs(A) < 1/2), ((1 - A)^B, true))"),
    ("2^A - 1", "expm1(A*log(2))"),
    ("10^A - 1", "expm1(A*log(10))"),
    # exponentials and logarithms
    ("exp(A) - exp(-A)", "2*sinh(A)"),
    ("exp(A) - exp(B)", "piecewise((exp(B)*expm1(A - B), abs(A - B) < 1), (exp(A) - exp(B), true))"),
    ("exp(A)/exp(B)", "exp(A - B)"),
    ("exp(A)*exp(B)", "exp(A + B)"),
    ("exp(A)^B", "exp(A*B)"),
    ("sqrt(exp(A))", "exp(A/2)"),
    ("exp(0)", "1"),
    ("log(exp(A))", "A"),
    ("log(cosh(A))", "piecewise((log1p(2*sinh(A/2)^2), abs(A) < 1), (logsumexp(A, -A) - log(2), true))"),
    ("log(sigmoid(A))", "-softplus(-A)"),
    ("log(A + sqrt(A^2 + 1))", "asinh(A)"),
    ("log(A + sqrt(A^2 - 1))", "acosh(A)"),
    ("log((1 + A)/(1 - A))", "2*atanh(A)"),
    ("log2(1 + A)", "log1p(A)/log(2)"),
    ("log10(1 + A)", "log1p(A)/log(10)"),
    ("log(A) - log(B)", "piecewise((log1p((A - B)/B), abs(A - B) < B/2), (log(A) - log(B), true))"),
    ("log(1 - exp(A))", "piecewise((log(-expm1(A)), A > -log(2)), (log1p(-exp(A)), true))"),
    ("log(A^2)", "2*log(abs(A))"),
    ("log(A*B)", "piecewise((log(abs(A)) + log(abs(B)), abs(log(A*B)) > 700), (log(A*B), true))"),
    ("cosh(A) - 1", "2*sinh(A/2)^2"),
    ("1 - cosh(A)", "-2*sinh(A/2)^2"),
    ("1 - tanh(A)", "2*sigmoid(-2*A)"),
    ("1 + tanh(A)", "2*sigmoid(2*A)"),
    ("1 - sigmoid(A)", "sigmoid(-A)"),
    # angles
    ("cos(A) - 1", "-2*sin(A/2)^2"),
    (
        "sin(A) - sin(B)",
        "piecewise((cos(B)*sin(A - B) - 2*sin(B)*sin((A - B)/2)^2, abs(A - B) < 1/2), (sin(A) - sin(B), true))",
    ),
    (
        "cos(A) - cos(B)",
        "piecewise((-sin(B)*sin(A - B) - 2*cos(B)*sin((A - B)/2)^2, abs(A - B) < 1/2), (cos(A) - cos(B), true))",
    ),
    ("tan(A) - tan(B)", "piecewise((sin(A - B)/(cos(A)*cos(B)), abs(A - B) < 1/2), (tan(A) - tan(B), true))"),
    ("atan(A) - atan(B)", "atan2(A - B, 1 + A*B)"),
    ("pi/2 - atan(A)", "atan2(1, A)"),
    # probabilities and counts
    ("1 - erfc(A)", "erf(A)"),
    ("1 - normcdf(A)", "normcdf(-A)"),
    ("log(gamma(A))", "piecewise((loggamma(A), A > 0), (log(gamma(A)), true))"),
    ("log(factorial(A))", "piecewise((loggamma(A + 1), A > 1), (log(factorial(A)), true))"),
    (
        "factorial(A)/(factorial(B)*factorial(A - B))",
        "piecewise((binomial(A, B), A >= 0), (factorial(A)/(factorial(B)*factorial(A - B)), true))",
    ),
)
