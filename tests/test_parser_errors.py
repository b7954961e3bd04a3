"""What the parser refuses: the kind of error, where it points, and what it suggests."""

import pytest

from derivkit.errors import ArityError, BudgetError, ForbiddenCharacterError, ParseError, UnknownNameError
from derivkit.expression.parser import parse, parse_many
from derivkit.functions import spellings

ERRORS = [
    ("", ParseError, (0, 0), "x^2"),
    ("   ", ParseError, (0, 0), "x^2"),
    ("x +", ParseError, (2, 3), "operand"),
    ("x + * y", ParseError, (4, 5), None),
    ("* y", ParseError, (0, 1), None),
    ("(x", ParseError, (0, 1), "add a )"),
    ("sin(x", ParseError, (3, 4), "add a )"),
    ("x)", ParseError, (1, 2), None),
    ("|x", ParseError, (0, 1), "add a |"),
    ("|x)", ParseError, (2, 3), None),
    ("()", ParseError, (1, 2), None),
    ("2 3", ParseError, (2, 3), "2*3"),
    ("x 2", ParseError, (2, 3), "x^2"),
    ("(x+1)2", ParseError, (5, 6), None),
    ("1_000", ParseError, (1, 5), None),
    ("_x", ParseError, (0, 2), None),
    ("1,5", ParseError, (1, 2), "1.5"),
    ("(x, y)", ParseError, (2, 3), None),
    ("[x]", ParseError, (0, 1), "round"),
    ("x{2}", ParseError, (1, 2), "round"),
    ("x^{2}", ParseError, (2, 3), "--latex"),
    ("e^{2}", ParseError, (2, 3), "--latex"),
    ("sin^{2} x", ParseError, (4, 5), "--latex"),
    ("x_{1}", ParseError, (2, 3), "--latex"),
    ("sin[x]", ParseError, (3, 4), "round"),
    (r"2 \cdot x \times 3", ParseError, (2, 3), "--latex"),
    ("# a title\nx", ParseError, (0, 1), "no comments"),
    ("x # a remark", ParseError, (2, 3), "no comments"),
    ("x; y", ParseError, (1, 2), "one expression"),
    ("50%", ParseError, (2, 3), "/100"),
    ("x = 2", ParseError, (2, 3), "one side"),
    ("x < 1", ParseError, (2, 3), "piecewise"),
    ("(x < 1)*2", ParseError, (3, 4), "piecewise"),
    ("x @ y", ParseError, (2, 3), None),
    ("'x'", ParseError, (0, 1), None),
    ("x.real", ParseError, (1, 2), None),
    ("2*np.exp(x)", ParseError, (2, 8), "write exp(x)"),
    ("math.sin(x)", ParseError, (0, 8), "write sin(x)"),
    ("math.pi*x", ParseError, (0, 7), "write pi"),
    ("∞", ParseError, (0, 1), "infinity"),
    ("x + ☃", ParseError, (4, 5), None),
    ("x!!", ParseError, (1, 3), "(x!)!"),
    ("sin", ParseError, (0, 3), "sin(x)"),
    ("sin + 1", ParseError, (0, 3), "sin(x)"),
    ("x sin", ParseError, (2, 5), "sin(x)"),
    ("sin^2", ParseError, (0, 3), "sin(x)"),
    ("sin^", ParseError, (0, 4), "sin^2(x)"),
    ("sin^-1(x)", ParseError, (0, 6), "asin(x)"),
    ("sin^(-1)(x)", ParseError, (0, 8), "1/sin(x)"),
    ("sin⁻¹(x)", ParseError, (0, 5), "asin(x)"),
    ("tanh^-1 x", ParseError, (0, 7), "atanh(x)"),
    ("log^-1(x)", ParseError, (0, 6), "1/log(x)"),
    ("2 sinx", UnknownNameError, (2, 6), "sin(x)"),
    ("lnx", UnknownNameError, (0, 3), "ln(x)"),
    ("sinpi", UnknownNameError, (0, 5), "sin(pi)"),
    ("sin2x", UnknownNameError, (0, 5), "sin(2x)"),
    ("cost + t", UnknownNameError, (0, 4), "cos(t)"),
    ("sintheta", UnknownNameError, (0, 8), "sin(theta)"),
    ("sine(x)", UnknownNameError, (0, 4), "sin"),
    ("x + Sin(x)", UnknownNameError, (4, 7), "sin"),
    ("sqr(x)", UnknownNameError, (0, 3), "sqrt"),
    ("log_2(x)", UnknownNameError, (0, 5), "log2"),
    ("if(x>0,x,0)", UnknownNameError, (0, 2), "piecewise((x, x > 0), (0, true))"),
    ("sum(x)", UnknownNameError, (0, 3), "+ between"),
    ("prod(x)", UnknownNameError, (0, 4), "* between"),
    ("int(x)", UnknownNameError, (0, 3), "integrals"),
    ("diff(x^2, x)", UnknownNameError, (0, 4), "--wrt"),
    ("foo123bar(x)", UnknownNameError, (0, 9), "*(...)"),
    ("__import__('os')", ParseError, (0, 10), None),
    ("sin()", ArityError, (0, 5), "sin(x)"),
    ("sin(x, y)", ArityError, (0, 9), "sin(x)"),
    ("max(x)", ArityError, (0, 6), "max("),
    ("max x", ArityError, (0, 5), "max("),
    ("atan2(x)", ArityError, (0, 8), "atan2(y, x)"),
    ("beta(x)", ArityError, (0, 7), "beta*(...)"),
    ("log(x, 2, 3)", ArityError, (0, 12), None),
    ("sin(x,)", ParseError, (6, 7), None),
    ("max(,x)", ParseError, (4, 5), None),
    ("piecewise", ParseError, (0, 9), "piecewise("),
    ("piecewise(x, y)", ParseError, (0, 9), "piecewise("),
    ("piecewise((x))", ParseError, (10, 13), "piecewise("),
    ("piecewise((x, 2))", ParseError, (10, 16), "piecewise("),
    ("piecewise((x, y < 1, 2))", ParseError, (19, 20), "piecewise("),
    ("piecewise((x, y < 1) + 1)", ParseError, (21, 22), "piecewise("),
    ("piecewise((x, y < 1), 2)", ParseError, (20, 21), "piecewise("),
    ("piecewise((x, y < 1)", ParseError, (19, 20), "piecewise("),
    ("piecewise((x, y <))", ParseError, (17, 18), None),
    ("piecewise((x, y = 0))", ParseError, (16, 17), "=="),
    ("piecewise((x, y > 1 or y < 0))", ParseError, (20, 22), "piece for each"),
    ("piecewise((x, not y > 1))", ParseError, (14, 17), "piece for each"),
    ("x\x1b[31m", ForbiddenCharacterError, (1, 2), "delete"),
    ("x + \u202ey", ForbiddenCharacterError, (4, 5), "delete"),
    ("1" * 5000, BudgetError, (0, 5000), None),
]


@pytest.mark.parametrize(("text", "kind", "span", "hint"), ERRORS, ids=lambda value: repr(value)[:30])
def test_every_error_says_where_and_what(text, kind, span, hint):
    with pytest.raises(kind) as caught:
        parse(text)
    error = caught.value
    assert error.span == span
    assert len(error.text) == len(text)
    assert error.message
    assert "\n" not in error.message
    assert len(error.message) < 200
    assert hint is None or hint in error.hint


@pytest.mark.parametrize("name", [name for name in spellings() if f"a{name}" in spellings()])
def test_minus_one_as_exponent_offers_the_inverse_that_the_table_has(name):
    with pytest.raises(ParseError) as caught:
        parse(f"{name}^-1(x)")
    assert f"a{name}(x)" in caught.value.hint
    assert f"1/{name}(x)" in caught.value.hint


@pytest.mark.parametrize("text", ["x; ", "; x", "x;; y", ";", ""])
def test_an_empty_expression_between_semicolons_is_refused(text):
    with pytest.raises(ParseError) as caught:
        parse_many(text)
    start, end = caught.value.span
    assert 0 <= start <= end <= len(text)


def test_spans_of_the_second_expression_refer_to_the_whole_text():
    with pytest.raises(ParseError) as caught:
        parse_many("x + y; x + * y")
    assert caught.value.span == (11, 12)
    assert caught.value.text == "x + y; x + * y"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__",
        "lambda: 0",
        "eval(x)",
        "open('f')",
        "f'{x}'",
        "x:=1",
        "a[0]",
        "x\\y",
        "$x",
    ],
)
def test_code_is_not_an_expression(text):
    with pytest.raises(ParseError):
        parse(text, latex=False)
