"""The language: every notation against the fully written one, with the warnings it must give."""

from fractions import Fraction
from itertools import pairwise

import pytest

from derivkit.evaluate import evaluate
from derivkit.expression.lexer import GREEK, GREEK_NAMES
from derivkit.expression.names import glued
from derivkit.expression.parser import parse, parse_many
from derivkit.expression.printer import to_text
from derivkit.functions import row_named, spellings

# text ⇒ the same written out ⚠ a piece of each warning, in order, between semicolons
LANGUAGE = """
2x ⇒ 2*x
2(x+1) ⇒ 2*(x + 1)
(x+1)(x-1) ⇒ (x + 1)*(x - 1)
x sin(x) ⇒ x*sin(x)
2pi r ⇒ 2*pi*r
2x y z ⇒ 2*x*y*z
2x^2y ⇒ 2*x^2*y ⚠ outside the exponent
2 x^2 y ⇒ 2*x^2*y
sin^2(x) ⇒ sin(x)^2
sin^2 x ⇒ sin(x)^2
sin^2 2x ⇒ sin(2*x)^2
sin^n(x) ⇒ sin(x)^n
sin^(n+1)(x) ⇒ sin(x)^(n + 1)
sin^-2(x) ⇒ sin(x)^(-2)
sin²x cos²x ⇒ sin(x)^2*cos(x)^2
sin x ⇒ sin(x)
sin 2x ⇒ sin(2*x)
sin 2 x y ⇒ sin(2*x*y)
sin x cos x ⇒ sin(x)*cos(x)
sin 2x cos 3x ⇒ sin(2*x)*cos(3*x)
sin x^2 ⇒ sin(x^2)
sin x^2 y ⇒ sin(x^2*y)
sin x + 1 ⇒ sin(x) + 1
sin x * y ⇒ sin(x)*y
sin x / y ⇒ sin(x)/y
sin(x) y ⇒ sin(x)*y
sin (x) y ⇒ sin(x)*y
sin(x)^2 ⇒ sin(x)^2
sin sqrt x ⇒ sin(sqrt(x))
sin -x ⇒ sin(-x) ⚠ of a negative number
-sin x ⇒ -sin(x)
2^sin x ⇒ 2^sin(x)
sin |x| ⇒ sin(abs(x))
sin x! ⇒ sin(x!)
log 2x ⇒ log(2*x)
log(x, 2) ⇒ log(x, 2)
ln x ⇒ log(x)
1/2x ⇒ 1/2*x ⚠ multiplies the quotient
1/2 x y ⇒ 1/2*x*y ⚠ multiplies the quotient
a/b(c) ⇒ a/b*c ⚠ b(...);multiplies the quotient
1/(2x) ⇒ 1/(2*x)
1/2*x ⇒ 1/2*x
e^2x ⇒ exp(2)*x ⚠ outside the exponent
e^2 x ⇒ exp(2)*x
x^n y ⇒ x^n*y
e^x ⇒ exp(x)
e^-x ⇒ exp(-x)
e^x^2 ⇒ exp(x^2)
(e)^x ⇒ exp(x)
e**x ⇒ exp(x)
e ⇒ e
2e ⇒ 2*e
2ex ⇒ 2*ex
1e3 ⇒ 1000
1e-3 ⇒ 0.001
1.50 ⇒ 1.5
.5x ⇒ 0.5*x
2.x ⇒ 2*x
-x^2 ⇒ -x^2
(-x)^2 ⇒ (-x)^2
2^-x ⇒ 2^(-x)
2^-x^2 ⇒ 2^(-x^2)
x^-2y ⇒ x^(-2)*y ⚠ outside the exponent
x^y^z ⇒ x^y^z
(x^y)^z ⇒ (x^y)^z
x**2 ⇒ x^2
a--b ⇒ a - (-b)
a+-b ⇒ a + (-b)
a*-b ⇒ a*(-b)
--x ⇒ -(-x)
+x ⇒ x
a-b-c ⇒ a - b - c
a-(b-c) ⇒ a - (b - c)
a/b/c ⇒ a/b/c
a/(b/c) ⇒ a/(b/c)
a/b*c ⇒ a/b*c
-x*y ⇒ -x*y
-(x*y) ⇒ -(x*y)
x! ⇒ x!
2^x! ⇒ 2^x!
-x! ⇒ -x!
(x!)! ⇒ (x!)!
x!^2 ⇒ x!^2
x!y ⇒ x!*y
(2x)! ⇒ (2*x)!
|x| ⇒ abs(x)
|x||y| ⇒ abs(x)*abs(y)
||x|-1| ⇒ abs(abs(x) - 1)
|x+|y|| ⇒ abs(x + abs(y))
2|x|y ⇒ 2*abs(x)*y
|x|^2 ⇒ abs(x)^2
|a|b|c| ⇒ abs(a)*b*abs(c)
|-x| ⇒ abs(-x)
√2 ⇒ sqrt(2)
√x² ⇒ sqrt(x^2)
√(x)² ⇒ sqrt(x)^2
√2x ⇒ sqrt(2)*x ⚠ outside the root
√x y ⇒ sqrt(x)*y
√√x ⇒ sqrt(sqrt(x))
∛x ⇒ cbrt(x)
2πr² ⇒ 2*pi*r^2
π·r×h÷3−1 ⇒ pi*r*h/3 - 1
½x ⇒ 1/2*x
x²y⁻¹ ⇒ x^2*y^(-1)
x²³ ⇒ x^23
x₁+x₂² ⇒ x1 + x2^2
θ+Θ₁ ⇒ theta + Theta1
f(x) ⇒ f*x ⚠ f(...)
x(x+1) ⇒ x*(x + 1) ⚠ x(...)
e(x+1) ⇒ e*(x + 1) ⚠ e(...)
pi(x) ⇒ pi*x ⚠ pi(...)
rate + rate(2) ⇒ rate + rate*2 ⚠ rate(...)
θ(x) ⇒ theta*x ⚠ theta(...)
gamma + gamma(x) ⇒ gamma + gamma(x)
gamma x ⇒ gamma*x
beta^2(x) ⇒ beta^2*x
xy + x ⇒ xy + x ⚠ xy is one variable
xy + y ⇒ xy + y ⚠ xy is one variable
ab ⇒ ab
abc + a + b ⇒ abc + a + b
abc + a + b + c ⇒ abc + a + b + c ⚠ abc is one variable
nu + n ⇒ nu + n
max(a,b,c,d) ⇒ max(a, b, c, d)
max(a,max(b,c)) ⇒ max(a, max(b, c))
min(a,b) ⇒ min(a, b)
hypot(a,b) ⇒ hypot(a, b)
cost ⇒ cost
piecewise((sin(x), x<0), (1/2, true)) ⇒ piecewise((sin(x), x < 0), (1/2, true))
piecewise((x, x>0)) ⇒ piecewise((x, x > 0))
piecewise((x, 0<x<=1), (2, otherwise)) ⇒ piecewise((x, 0 < x and x <= 1), (2, true))
piecewise((x, x≥0 and y≠1), (2, else)) ⇒ piecewise((x, x >= 0 and y != 1), (2, true))
piecewise((x, x!==3), (2, True)) ⇒ piecewise((x, x! == 3), (2, true))
piecewise((x, true), (2, x>1)) ⇒ x ⚠ never reached
piecewise((a, x<0), (piecewise((b, x<1), (c, true)), true)) ⇒ piecewise((a, x < 0), (b, x < 1), (c, true))
true*else ⇒ true*else
and + x ⇒ and + x
x and ⇒ x*and
"""


def cases(table: str) -> list[tuple[str, str, list[str]]]:
    lines = [line.partition(" ⇒ ") for line in table.strip().splitlines()]
    right = [plain.partition(" ⚠ ") for _, _, plain in lines]
    return [
        (text, plain, [w for w in warnings.split(";") if w])
        for (text, _, _), (plain, _, warnings) in zip(lines, right, strict=True)
    ]


@pytest.mark.parametrize(("text", "plain", "warnings"), cases(LANGUAGE))
def test_the_language(text, plain, warnings):
    parsed = parse(text)
    assert to_text(parsed.graph) == plain
    assert parse(plain).graph == parsed.graph
    assert parsed.text == text
    assert len(warnings) == len(parsed.warnings)
    for piece, warning in zip(warnings, parsed.warnings, strict=True):
        assert piece in warning


def calls():
    return [(name, arity, row) for name, rows in spellings().items() for arity, row in rows.items()]


@pytest.mark.parametrize(("name", "arity", "row"), calls(), ids=lambda value: str(value))
def test_every_spelling_of_the_table_is_called(name, arity, row):
    letters = "abcd"[:arity]
    graph = parse(f"{name}({', '.join(letters)})").graph
    assert graph.heads == (*letters, row)
    assert parse(to_text(graph)).graph == graph


@pytest.mark.parametrize(
    ("name", "arity", "row"), [c for c in calls() if c[1] == 1 and c[0] not in GREEK_NAMES], ids=lambda value: str(value)
)
def test_every_function_of_one_argument_is_applied_without_parentheses(name, arity, row):
    assert parse(f"{name} t").graph == parse(f"{name}(t)").graph
    assert parse(f"{name}^2 3t").graph == parse(f"({name}(3*t))^2").graph


@pytest.mark.parametrize(("name", "arity", "row"), [c for c in calls() if c[2].fold], ids=lambda value: str(value))
def test_a_fold_takes_any_number_of_arguments(name, arity, row):
    assert parse(f"{name}(a, b, c)").graph == parse(f"{name}({name}(a, b), c)").graph
    assert to_text(parse(f"{name}(a, b, c)").graph) == f"{row.name}(a, b, c)"


@pytest.mark.parametrize(
    "name", [*sorted(GREEK_NAMES - {"pi"}), "S", "N", "Q", "E", "I", "O", "i", "j", "lambda", "ci", "re", "im"]
)
def test_all_other_names_are_variables(name):
    assert parse(f"{name} + 1").graph.variables == (name,)


@pytest.mark.parametrize(("letter", "name"), sorted(GREEK.items()))
def test_a_greek_letter_is_its_name(letter, name):
    assert parse(f"2{letter} + 1").graph == parse(f"2*{name} + 1").graph


@pytest.mark.parametrize("symbol", ["<", "<=", ">", ">=", "==", "!="])
def test_comparisons_choose(symbol):
    graph = parse(f"piecewise((1, x {symbol} 2), (0, true))").graph
    truth = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "==": float.__eq__, "!=": float.__ne__}[
        symbol
    ]
    for x in (1.0, 2.0, 3.0):
        assert evaluate(graph, {"x": x}) == truth(x, 2.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("2.50", Fraction(5, 2)),
        ("1e3", 1000),
        ("007", 7),
        ("1.0", 1),
        ("1e400", 10**400),
    ],
)
def test_numbers_are_exact(text, value):
    head = parse(text).graph.heads[0]
    assert head == value
    assert type(head) is type(value)


def test_equal_subexpressions_are_one_node():
    graph = parse("sin(x+y) + cos(y+x) + sin(x+y)").graph
    assert graph.heads.count(row_named("add")) == 3
    assert graph.heads.count(row_named("sin")) == 1


def test_nodes_are_numbered_as_a_walk_from_the_output_finishes_them():
    for text in ("sin^2(x) + y", "piecewise((x, y < 0), (z, true))", "e^x + (e)^y", "a + b*a"):
        graph = parse(text).graph
        assert all(max(inputs, default=-1) < node for node, inputs in enumerate(graph.inputs))
        assert graph == graph.output(0)


def test_a_wide_warning_is_given_once():
    assert len(parse("1/2x + 1/3x + 1/4x").warnings) == 1
    assert len(parse("+".join(f"{a}({b})" for a, b in pairwise("abcdfghijklmnopqrstuvwxyz"))).warnings) <= 10


def test_several_expressions_stand_between_semicolons():
    parts = parse_many(" r*cos(t) ; r*sin(t)")
    assert [part.text for part in parts] == ["r*cos(t)", "r*sin(t)"]
    assert [to_text(part.graph) for part in parts] == ["r*cos(t)", "r*sin(t)"]
    assert [to_text(part.graph) for part in parse_many(r"\frac{x}{2}\;y; \sin x")] == ["x/2*y", "sin(x)"]


@pytest.mark.parametrize(
    ("text", "piece"), [("1/2x", "1/(2x)"), ("e^2x", "e^(2x)"), ("√2x", "√(2x)"), ("f(x+1)", "f*(...)"), ("x + xy", "x*y")]
)
def test_what_may_not_have_been_meant_is_among_the_warnings(text, piece):
    (warning,) = parse(text).warnings
    assert piece in warning


@pytest.mark.parametrize(
    ("variables", "name", "found"),
    [
        (("xy",), "x", "xy"),
        (("a", "xyz"), "z", "xyz"),
        (("theta", "pi", "mu"), "t", None),
        (("x1", "x_1", "x", "rate"), "x", None),
        (("xy",), "xy", None),
        (("xyz",), "xy", None),
        (("xy",), "q", None),
    ],
)
def test_a_wanted_variable_is_found_in_a_run_of_letters(variables, name, found):
    assert glued(variables, name) == found
