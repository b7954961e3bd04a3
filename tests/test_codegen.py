"""Source code in other languages: names, comments, refusals, options, and the shape of what is written."""

from __future__ import annotations

import math
import re
import runpy
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from derivkit.cli.codegen import Target
from derivkit.codegen.chains import settled
from derivkit.codegen.generate import generate
from derivkit.codegen.lower import lower
from derivkit.codegen.names import Names
from derivkit.codegen.targets import LANGUAGES
from derivkit.errors import Refusal, UsageError
from derivkit.expression.graph import Builder
from derivkit.expression.parser import parse
from derivkit.functions import table
from tests.conftest import Run, document

ROOT = Path(__file__).parents[1]
NAMES = [
    *[
        "lambda",
        "for",
        "class",
        "int",
        "gamma",
        "I",
        "fn",
        "theta",
        "x",
        "X",
        "e_",
        "value",
        "gradient",
        "hessian",
        "t1",
        "T1",
        "t2",
    ],
    *[
        "t2",
        "math",
        "np",
        "special",
        "double",
        "return",
        "self",
        "end",
        "merge",
        "dp",
        "f",
        "in",
        "let",
        "NaN",
        "Inf",
        "Math",
        "main",
    ],
    *["sqrt_", "beta", "é", "привет"],
]


def code(text: str, language: str = "c", **options: object) -> str:
    return generate(parse(text).graph, language, **options).code  # type: ignore[arg-type]  # passed on


def body(text: str, language: str = "c", **options: object) -> list[str]:
    """The lines of the function itself, C's by default."""
    lines = code(text, language, **options).split("#ifdef")[0].splitlines()
    return [line.strip() for line in lines[lines.index("{") + 1 : -2]]


def test_the_command_knows_every_language():
    assert list(LANGUAGES) == [target.value for target in Target]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x^2", ["return x*x;"]),
        ("x^3", ["return x*x*x;"]),
        ("x^(1/2)", ["return sqrt(x);"]),
        ("x^-1", ["return 1.0/x;"]),
        ("x^-(1/2)", ["return 1.0/sqrt(x);"]),
        ("e^x", ["return exp(x);"]),
        ("x/2 + 1/3", ["return x/2.0 + 0.3333333333333333;"]),
        ("0.1*x", ["return 0.1*x;"]),
        ("2*pi*x", ["return 6.283185307179586*x;"]),
        ("1*x + 0", ["return x;"]),
        ("-x + y", ["return y - x;"]),
        ("x - (y - z)", ["return x - (y - z);"]),
        ("sin(x)*cos(x)*sin(x)", ["const double t1 = sin(x);", "return t1*cos(x)*t1;"]),
        ("piecewise((x, x > 0), (-x, true))", ["return x > 0.0 ? x : -x;"]),
    ],
)
def test_what_a_programmer_would_write(text: str, lines: list[str]):
    assert lines == body(text, order=0)


def test_a_shared_factor_is_computed_once_in_value_and_gradient():
    assert [
        "const double t1 = y - x*x;",
        "const double t2 = 1.0 - x;",
        "const double t3 = 200.0*t1;",
        "gradient[0] = -(2.0*t2 + 2.0*x*t3);",
        "gradient[1] = t3;",
        "return 100.0*(t1*t1) + t2*t2;",
    ] == body("100*(y-x^2)^2 + (1-x)^2")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("1/3", 1 / 3),
        ("1/10", 0.1),
        ("0.1 + 0.2", 0.3),  # exact before it is rounded
        ("123456789123456789/1000", float(Fraction(123456789123456789, 1000))),
        ("10^22", 1e22),
        ("1e-320", 1e-320),
        ("pi", math.pi),
        ("sqrt(2)", math.sqrt(2)),
        ("gamma(1/3)", 2.6789385347077476337),  # OEIS A073005
    ],
)
def test_constants_are_the_nearest_doubles(text: str, nearest: float):
    assert nearest in lower(parse(f"{text} + x").graph).heads or nearest in lower(parse(f"({text})*x").graph).heads


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_variable_is_an_identifier_that_nothing_else_uses(name: str, language: str):
    answer = generate(parse(f"{name}*8 + 1").graph, language, order=0)
    assert (name,) == answer.variables
    (found,) = re.findall(r"8(?:\.0)?(?:_dp)? ?\* ?(\w+)", answer.code)
    assert re.fullmatch(r"[A-Za-z]\w*", found, re.ASCII)
    assert found not in LANGUAGES[language].reserved
    assert found != "f"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_names_at_once_are_told_apart(language: str):
    names = Names(LANGUAGES[language], ["f"])
    found = [names.claim(name) for name in NAMES]
    folded = found if LANGUAGES[language].tells_case_apart else [name.lower() for name in found]
    assert len(NAMES) == len(set(folded))
    assert not any(re.fullmatch(rf"{names.temporaries()}\d+", name, re.IGNORECASE) for name in found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["", "2f", "f g", "f;", "f*/", "f\n", "é", "_f", "return", "x" * 61, "f()", "f-g", "end", "class", "value"]
)
def test_a_bad_name_of_the_function_is_refused_briefly(name: str, language: str, run: Run):
    if name in ("end", "class", "return", "value") and name not in LANGUAGES[language].reserved:
        assert name in generate(parse("x").graph, language, name=name).code
        return
    with pytest.raises(UsageError):
        generate(parse("x").graph, language, name=name)
    refused = run("codegen", "x", "--lang", language, "--name", name)
    assert (2, "") == (refused.exit_code, refused.stdout)
    assert 3 >= len(refused.stderr.splitlines())  # with the hint, folded at 80 columns


def test_a_variable_like_the_function_gets_another_name():
    assert "double f(double f_)" in code("f^2", order=0)
    assert "double g(double f)" in code("f^2", name="g", order=0)


def test_no_formula_can_end_the_comment():
    comment = LANGUAGES["c"].comment(["a */ int main;", "b"])
    assert 1 == "\n".join(comment).count("*/")
    assert not any(line.endswith("\\") for line in LANGUAGES["rust"].comment(["a\\"]))


@pytest.mark.parametrize(
    ("text", "language", "message"),
    [
        ("besselj(0, x)", "c", "C has no besselj(n, x); NumPy has"),
        ("lambertw(x)", "python", "Python has no lambertw(x); NumPy has"),
        ("gamma(x)", "rust", "Rust has no gamma(x); C, Python, NumPy and Fortran have"),
        ("zeta(x)", "numpy", "NumPy has no zetaderivative(n, x), nor has any other language that derivkit writes"),
    ],
)
def test_a_missing_function_is_refused_by_name(text: str, language: str, message: str, run: Run):
    with pytest.raises(Refusal) as caught:
        generate(parse(text).graph, language)
    assert message == caught.value.message
    assert 3 == run("codegen", text, "--lang", language).exit_code


def test_every_row_says_how_it_is_written():
    rows = [row for row in table() if row.arity and not row.boolean and not row.choice]
    every = LANGUAGES.values()
    assert ["zetaderivative"] == [row.name for row in rows if not row.code.formula and not any(one.native(row) for one in every)]


def test_decided_choices_go():
    program = settled(lower(parse("piecewise((piecewise((x, x > 0), (2, true)), x > 0), (3, true))").graph))
    assert 1 == sum(getattr(head, "choice", False) for head in program.heads)


def test_a_branch_that_is_not_taken_is_not_computed_in_python(tmp_path: Path):
    path = tmp_path / "f.py"
    path.write_text(code("piecewise((log(x)*sin(log(x)), x > 0), (1/(x - 1), x < 0), (7, true))", "python", order=2))
    f = runpy.run_path(str(path))["f"]
    assert (7.0, (0.0,), ((0.0,),)) == f(0.0)
    assert -0.5 == f(-1.0)[0]


def test_numpy_broadcasts_and_stacks(tmp_path: Path):
    path = tmp_path / "f.py"
    path.write_text(code("x^2*sin(y) + z", "numpy", order=2))
    f = runpy.run_path(str(path))["f"]
    x, y = np.array([[1], [2]]), np.array([0.5, 1.0, 1.5])
    value, gradient, hessian = f(x, y, 3)
    assert ((2, 3), (3, 2, 3), (3, 3, 2, 3)) == (value.shape, gradient.shape, hessian.shape)
    np.testing.assert_allclose(x**2 * np.cos(y), gradient[1], rtol=1e-15)
    np.testing.assert_array_equal(1, gradient[2])
    assert ((), (3,), (3, 3)) == tuple(np.shape(one) for one in f(1, 2, 3))


def test_nan_goes_through_in_c(tmp_path: Path):
    main = "int main(void)\n{\n    double g[1];\n    double v = f(NAN, g);\n    return v == v;\n}\n"
    for k, text in enumerate(
        ["max(x, 0)", "min(0, x)", "abs(x)", "sign(x)", "heaviside(x)", "relu(x)", "sigmoid(x)", "floor(x)", "cbrt(x)"]
    ):
        source = tmp_path / f"n{k}.c"
        source.write_text(code(text) + main)
        subprocess.run(["gcc", "-std=c99", "-O2", str(source), "-lm", "-o", str(tmp_path / "n")], check=True)
        assert 0 == subprocess.run([str(tmp_path / "n")]).returncode, text


def test_nan_goes_through_in_python_and_numpy(tmp_path: Path):
    for language in ("python", "numpy"):
        for text in ("max(x, 0)", "min(0, x)", "abs(x)", "sign(x)", "heaviside(x)", "relu(x)", "sigmoid(x)"):
            path = tmp_path / "n.py"
            path.write_text(code(text, language))
            assert math.isnan(runpy.run_path(str(path))["f"](math.nan)[0]), text


def test_json(run: Run):
    answer = document(run("codegen", "x^2*y", "--lang", "python", "--order", "2", "--at", "x=3,y=2", "--json"))
    assert ("x^2*y", "python", 2, ["x", "y"]) == tuple(answer[key] for key in ("expression", "language", "order", "variables"))
    assert [{"at": {"x": 3, "y": 2}, "value": 18, "gradient": [12, 9], "hessian": [[4, 6], [6, 0]]}] == answer["self_test"]
    assert answer["code"].endswith("raise SystemExit(_self_test())\n")
    plain = document(run("codegen", "x", "--order", "0", "--json"))["self_test"]
    assert all(one["gradient"] is None and one["hessian"] is None for one in plain)


def test_a_dash_is_standard_output(run: Run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("codegen", "x", "-o", "-").stdout == run("codegen", "x").stdout
    assert not list(tmp_path.iterdir())
    refused = run("codegen", "x", "-o", "")
    assert (2, "error: the name of the file to write is empty\n") == (refused.exit_code, refused.stderr)


def test_a_file_is_written_whole_or_not_at_all(run: Run, tmp_path: Path):
    path = tmp_path / "f.c"
    done = run("codegen", "x^2", "-o", str(path))
    assert 0 == done.exit_code
    assert code("x^2") == path.read_text()
    assert "besselj" not in run("codegen", "besselj(0, x)", "-o", str(path)).stdout
    assert code("x^2") == path.read_text()
    assert 2 == run("codegen", "x^2", "-o", str(tmp_path / "missing" / "f.c")).exit_code


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["x", "--order", "3"], 2),
        (["x", "--lang", "cobol"], 2),
        (["2+3"], 2),
        (["2+3", "--order", "0"], 0),
        (["x", "--at", "y=1"], 2),
        (["sqrt(x)", "--at", "x=0"], 3),
        (["sqrt(-1 - x^2)"], 3),
        (["-x^2"], 0),
        ([r"\frac{x}{2}", "--lang", "rust"], 0),
    ],
)
def test_status(arguments: list[str], status: int, run: Run):
    done = run("codegen", *arguments)
    assert status == done.exit_code, done.output


def test_an_empty_graph_of_variables_is_a_function_of_nothing():
    assert "double f(void)" in code("2 + pi", order=0)


def test_deep_and_wide_expressions_are_written():
    deep = Builder()
    node = deep.add("x")
    for _ in range(3000):
        node = deep.add(next(row for row in table() if row.name == "sin"), (node,))
    text = generate(deep.graph([node]), "fortran", order=0).code
    assert all(len(line) <= 132 for line in text.splitlines())
    many = "*".join(f"x{k}" for k in range(40))
    assert all(len(line) <= 132 for line in code(many, "fortran", order=2).splitlines())
    pieces = ",".join(f"(sin({k}*x)/x, x < {k})" for k in range(1, 20))
    assert "19.0*x" in code(f"piecewise({pieces}, (x, true))", order=2)


def test_the_readme_shows_what_is_written():
    (shown,) = re.findall(r"^```c\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert shown in code("100(y-x^2)^2+(1-x)^2")


@pytest.mark.parametrize(("file", "shown"), [("g.c", "g.c"), ("*/ x.c", "f.c"), ("-o.c", "f.c"), ("$(x).c", "f.c"), (None, "f.c")])
def test_the_command_of_the_self_test_names_the_file_that_is_written(file, shown):
    head = generate(parse("x^2").graph, "c", file=file).code.splitlines()[3]
    assert head.endswith(f"-DDERIVKIT_SELF_TEST {shown} -lm && ./a.out")
