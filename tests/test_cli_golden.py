"""What every command prints, word for word; `pytest --update-golden` rewrites the files in tests/golden/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run, steady

GOLDEN = Path(__file__).parent / "golden"
ROOT = GOLDEN.parents[1]

CASES = {
    "diff": ["diff", "sin(x)*exp(x)", "--order", "2"],
    "diff_json": ["diff", "sin(x)*exp(x)", "--order", "2", "--json"],
    "diff_mixed_at": ["diff", "x^2*y^3", "--wrt", "x,y,y", "--at", "x=1,y=2"],
    "diff_mixed_at_json": ["diff", "x^2*y^3", "--wrt", "x,y,y", "--at", "x=1,y=2", "--json"],
    "diff_fraction": ["diff", "1/(1+x^2)"],
    "diff_text": ["diff", "1/(1+x^2)", "--format", "text"],
    "diff_latex": ["diff", "1/(1+x^2)", "--format", "latex"],
    "diff_long": ["diff", "(1+x)^9*(1+y)^8*sin(x*y)*exp(x)*log(x)/(1+z^2)", "--wrt", "x", "--no-check"],
    "diff_long_text": ["diff", "(1+x)^9*(1+y)^8*sin(x*y)*exp(x)*log(x)/(1+z^2)", "--wrt", "x", "--no-check", "--format", "text"],
    "grad_latex": ["grad", "alpha_1*x^2", "--format", "latex", "--at", "x=1,alpha_1=2"],
    "hessian_latex": ["hessian", "x^2*y", "--format", "latex"],
    "jacobian_latex": ["jacobian", "r cos(t)", "r sin(t)", "--format", "latex"],
    "diff_no_check": ["diff", "x^2", "--no-check"],
    "diff_reads_latex": ["diff", r"\frac{\sin x}{x}"],
    "diff_minus": ["diff", "-x^2"],
    "diff_warning": ["diff", "1/2x"],
    "diff_refused": ["diff", "abs(x)", "--at", "x=0"],
    "diff_refused_json": ["diff", "abs(x)", "--at", "x=0", "--json"],
    "diff_which": ["diff", "x*y"],
    "diff_which_json": ["diff", "x*y", "--json"],
    "diff_unknown_name": ["diff", "x + sinn(x)"],
    "diff_unknown_name_json": ["diff", "x + sinn(x)", "--json"],
    "grad": ["grad", "x^2*y + sin(x*y)"],
    "grad_at": ["grad", "x^2*y + sin(x*y)", "--at", "x=1,y=2"],
    "grad_at_json": ["grad", "x^2*y + sin(x*y)", "--at", "x=1,y=2", "--json"],
    "grad_refused": ["grad", "sqrt(x^2+y^2)", "--at", "x=0,y=0"],
    "hessian_at": ["hessian", "100(y-x^2)^2+(1-x)^2", "--at", "x=-1.2,y=1"],
    "hessian_at_json": ["hessian", "100(y-x^2)^2+(1-x)^2", "--at", "x=-1.2,y=1", "--json"],
    "jacobian": ["jacobian", "r cos(t)", "r sin(t)"],
    "jacobian_at": ["jacobian", "r cos(t); r sin(t)", "--at", "r=2,t=pi/6"],
    "jacobian_json": ["jacobian", "r cos(t)", "r sin(t)", "--json"],
    "check": ["check", "log(1+exp(x))", "--order", "3"],
    "check_json": ["check", "log(1+exp(x))", "--order", "3", "--json"],
    "check_refused": ["check", "piecewise((sin(x), x<0), (1/2, true))", "--at", "x=0"],
    "tape": ["tape", "sin(x^2)*exp(y)", "--at", "x=1,y=2"],
    "tape_json": ["tape", "sin(x^2)*exp(y)", "--at", "x=1,y=2", "--json"],
    "tape_no_point": ["tape", "sin(x^2)*exp(y)"],
    "tape_backward": ["tape", "x^2", "--at", "x=3", "--backward", "2"],
    "tape_backward_json": ["tape", "x^2", "--at", "x=3", "--backward", "2", "--json"],
    "tape_piecewise": ["tape", "piecewise((x^2, x < 1), (max(x, 2)*sin(x), true))", "--at", "x=3"],
    "graph": ["graph", "sin(x^2)*exp(y)*x^2"],
    "graph_at": ["graph", "sin(x^2)*exp(y)*x^2", "--at", "x=1,y=2"],
    "graph_at_json": ["graph", "sin(x^2)*exp(y)", "--at", "x=1,y=2", "--json"],
    "graph_suffix": ["graph", "x^2", "-o", "out.png"],
    "codegen_c": ["codegen", "x^2*sin(y) + exp(-x*y)"],
    "codegen_python": ["codegen", "piecewise((sin(x)/x, x != 0), (1, true))*log(1+exp(y))", "--lang", "python", "--order", "2"],
    "codegen_numpy": ["codegen", "besselj(0, x) + max(x, y)", "--lang", "numpy"],
    "codegen_javascript": ["codegen", "x^2*sin(y) + exp(-x*y)", "--lang", "javascript", "--order", "2"],
    "codegen_julia": ["codegen", "piecewise((log(x)*x, x > 1), (x^2, x > -1), (sqrt(-x), true))*y", "--lang", "julia"],
    "codegen_rust": ["codegen", "100(y-x^2)^2+(1-x)^2", "--lang", "rust", "--name", "rosenbrock", "--order", "2"],
    "codegen_fortran": ["codegen", "x*X^lambda + log(1+x^2)", "--lang", "fortran"],
    "codegen_json": ["codegen", "x^2*y", "--at", "x=3,y=2", "--json"],
    "codegen_refused": ["codegen", "besselj(0, x)", "--lang", "rust"],
    "codegen_name": ["codegen", "x", "--lang", "rust", "--name", "fn"],
    "functions": ["functions"],
    "functions_one": ["functions", "atan2"],
    "functions_one_json": ["functions", "log", "--json"],
    "functions_piecewise": ["functions", "piecewise"],
    "functions_unknown": ["functions", "arctg"],
    "train_logistic": ["train", "samples/oring.csv", "--model", "logistic"],
    "train_linear": ["train", "samples/cars.csv", "--model", "linear"],
    "train_softmax": ["train", "samples/iris.csv", "--model", "softmax", "--l2", "0.01", "--test", "0.2", "--importance"],
    "train_poisson": ["train", "samples/trial.csv", "--model", "poisson", "--features", "outcome"],
    "train_separated": ["train", "samples/iris.csv", "--model", "softmax"],
    "train_ridge": ["train", "samples/cars.csv", "--model", "ridge"],
    "help": ["--help"],
    "no_such_command": ["dif", "x"],
    "no_such_option": ["diff", "x", "--ordr", "2"],
}


@pytest.mark.parametrize("name", CASES)
def test_output(name: str, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = run(*CASES[name])
    shown = steady(f"{result.stdout}--- standard error\n{result.stderr}--- exit status {result.exit_code}\n")
    path = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == shown


def test_no_golden_file_is_left_over() -> None:
    assert sorted(CASES) == sorted(path.stem for path in GOLDEN.glob("*.txt"))
