"""LaTeX: the same expressions as in plain notation, SymPy's own LaTeX read back, and errors with spans."""

import math

import pytest
import sympy

from derivkit.errors import DerivkitError, ParseError
from derivkit.evaluate import evaluate
from derivkit.expression.parser import parse
from derivkit.functions import spellings

SAME = [
    (r"\frac{1}{2}\sin^2 x", "1/2*sin(x)^2"),
    (r"\frac12 x", "1/2*x"),
    (r"\frac{d}{d+x}", "d/(d+x)"),
    (r"\frac{d}{x}", "d/x"),
    (r"\frac\pi2", "pi/2"),
    (r"\dfrac{a}{b+c}", "a/(b+c)"),
    (r"\sqrt{x}+\sqrt 2", "sqrt(x) + sqrt(2)"),
    (r"\sqrt[3]{x+1}", "root(x+1, 3)"),
    (r"x_1^2 + x_{12} + x_{\text{max}}", "x_1^2 + x_12 + x_max"),
    (r"\theta_0 \cdot \varepsilon \times \Omega", "theta_0*epsilon*Omega"),
    (r"x_\theta", "x_theta"),
    (r"xy", "x*y"),
    (r"2\,x\;y\quad z", "2*x*y*z"),
    (r"\log_2 x", "log(x, 2)"),
    (r"\log_{10}(x)", "log(x, 10)"),
    (r"\log_b^2 x", "log(x, b)^2"),
    (r"\ln x", "log(x)"),
    (r"e^{-x^2}", "exp(-x^2)"),
    (r"e^x", "exp(x)"),
    (r"\exp(x)", "exp(x)"),
    (r"\left|x\right| + |y| + \lvert z\rvert", "abs(x) + abs(y) + abs(z)"),
    (r"\left\lfloor x \right\rfloor + \lceil y \rceil", "floor(x) + ceil(y)"),
    (r"\begin{cases} x & x<0 \\ x^2, & \text{otherwise} \end{cases}", "piecewise((x, x<0), (x^2, true))"),
    (r"\begin{cases} x & \text{if } 0 < x \le 1 \\ 2 & x > 1 \\ \end{cases}", "piecewise((x, 0<x<=1), (2, x>1))"),
    (r"\max\left(x, y, z\right)", "max(x, y, z)"),
    (r"\binom{n}{k}", "binomial(n, k)"),
    (r"\arcsin x + \sinh{x}", "asin(x) + sinh(x)"),
    (r"\operatorname{atan2}{\left(y,x \right)}", "atan2(y, x)"),
    (r"\operatorname{sigmoid}(x)", "sigmoid(x)"),
    (r"\mathrm{rate}\cdot t", "rate*t"),
    (r"\Gamma\left(x\right) + \Gamma", "gamma(x) + Gamma"),
    (r"\gamma\left(x+1\right)", "gamma*(x+1)"),
    (r"\sin{2x}\cos{x}", "sin(2x)*cos(x)"),
    (r"\sin x \cos x", "sin(x)*cos(x)"),
    (r"\left[x+1\right]^2\left\{y\right\}", "(x+1)^2*y"),
    (r"\bigl(x\bigr)", "x"),
    (r"$x^2$", "x^2"),
    (r"$$x^2$$", "x^2"),
    (r"\[x^2\]", "x^2"),
    (r"\(x^2\)", "x^2"),
    (r"n!", "n!"),
    (r"{x}^{2}", "x^2"),
    ("\\sin θ", "sin(theta)"),
]


@pytest.mark.parametrize(("latex", "plain"), SAME)
def test_latex_is_read_as_plain_notation(latex, plain):
    assert parse(latex, latex=True).graph == parse(plain).graph


@pytest.mark.parametrize("text", [r"\sin x", r"  \frac12", r"$x$"])
def test_a_backslash_or_a_dollar_starts_latex(text):
    assert parse(text).graph == parse(text, latex=True).graph


ERRORS = [
    (r"\infty", (0, 6), "infinity"),
    (r"2\foo", (1, 5), None),
    (r"\sinn x", (0, 5), "\\sin"),
    (r"\frac{1}", (7, 8), None),
    (r"\frac{1}{2", (8, 9), "}"),
    (r"x}", (1, 2), None),
    (r"x^10", (2, 4), "^{10}"),
    (r"x_12", (2, 4), "_{12}"),
    (r"x_{}", (1, 4), "x_1"),
    (r"2_1", (1, 2), "x_1"),
    (r"\sin^{-1} x", (0, 9), "asin(x)"),
    (r"a \le b", (2, 5), "piecewise"),
    (r"\left(x", (5, 6), "add a )"),
    (r"\left.x\right|", (0, 6), None),
    (r"\begin{array}{c}x\end{array}", (0, 13), "cases"),
    (r"\text", (0, 5), None),
    (r"\Gamma^2(x)", (0, 6), "\\Gamma(x)^2"),
    (r"\sqrt[3", (5, 6), "]"),
    (r"x \over y", (2, 7), None),
    (r"\frac{d}{dx} x^2", (0, 12), "--wrt"),
    (r"x + \frac{d^2 y}{d x^{2}}", (4, 25), "--wrt"),
    (r"\frac{\mathrm{d}}{\mathrm{d}\theta} \sin \theta", (0, 35), "--wrt"),
    (r"\frac{\partial f}{\partial x}", (6, 14), "--wrt"),
    (r"f^\prime(x)", (2, 8), "--wrt"),
    (r"\int_0^1 x dx", (0, 4), "without integrals"),
    (r"\sum_{i=1}^n i", (0, 4), "without integrals"),
    (r"\lim_{x \to 0} x", (0, 4), "limits"),
    ("\\", (0, 1), None),
    (r"\sin é", (5, 6), None),
]


@pytest.mark.parametrize(("text", "span", "hint"), ERRORS)
def test_errors_in_latex_say_where_and_what(text, span, hint):
    with pytest.raises(ParseError) as caught:
        parse(text, latex=True)
    assert caught.value.span == span
    assert caught.value.text == text
    assert hint is None or hint in caught.value.hint


X, Y = sympy.symbols("x y", positive=True)
SYMPY = """
x**2*y + sin(x*y); exp(x)*cos(x)*2; x**y*log(x); sqrt(x)/y; x**Rational(1,3); 1/(1 + exp(-x)); log(x)**2; sin(x)**2*cos(y)**3
tan(x)**2 + 1; asin(x/9)*acos(y/9); atan(x)**2; sinh(x)*tanh(y); asinh(x)+atanh(x/5); Abs(x - y); Abs(x)**2; -x**2*exp(-x**2/2)/2
Max(x, y, 2); Min(x, y); floor(x*3); ceiling(y*3); Piecewise((sin(x), x < 1), (cos(x), x < 2), (x, True))
factorial(x); binomial(x+4, y)
gamma(x)*erf(y); x*(y + 1)*(x - 1); (x + y)**-2; 2**x; x**-y; pi*x*E; 3*x/(4*y) - Rational(2,3); sec(x)*csc(y)*cot(x)
sin(2*x*y)*exp(x*sin(y)); cosh(x)**2; exp(exp(x)); log(log(x + 9)); x**(x**x); Piecewise((x, (x > 1) & (x < 3)), (y, True))
(-x)**3; -(-x - y)
""".replace("\n", ";").split(";")


@pytest.mark.parametrize("source", [text.strip() for text in SYMPY if text.strip()])
def test_the_latex_of_sympy_is_read_back(source):
    expression = sympy.sympify(source, locals={"x": X, "y": Y})
    for derived in (expression, expression.diff(X)):
        if derived.has(sympy.polygamma, sympy.Heaviside, sympy.Subs):
            continue  # SymPy writes the step as a theta, and needs more than one name for the others
        graph = parse(sympy.latex(derived), latex=True).graph
        expected = float(derived.subs({X: 1.25, Y: 0.75}).evalf(20))
        assert evaluate(graph, {"x": 1.25, "y": 0.75}) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", [name for name, rows in spellings().items() if 1 in rows])
def test_every_function_can_be_called_by_operatorname(name):
    assert parse(rf"\operatorname{{{name}}}{{\left(t \right)}}", latex=True).graph == parse(f"{name}(t)").graph


def test_deep_latex():
    for text in (
        r"\frac{1}{" * 20_000 + "x" + "}" * 20_000,
        "{" * 20_000 + "x" + "}" * 20_000,
        r"\sqrt[3]{" * 20_000 + "x" + "}" * 20_000,
    ):
        assert parse(text, latex=True).graph.variables == ("x",)
    with pytest.raises(DerivkitError):
        parse(r"\frac{" * 20_000, latex=True)


def test_the_value_of_a_textbook_formula():
    text = r"\frac{1}{\sigma\sqrt{2\pi}} e^{-\frac{1}{2}\left(\frac{x-\mu}{\sigma}\right)^{2}}"
    value = evaluate(parse(text).graph, {"sigma": 2.0, "mu": 1.0, "x": 1.5})
    assert value == pytest.approx(math.exp(-0.5 * 0.25**2) / (2 * math.sqrt(2 * math.pi)), rel=1e-15)
