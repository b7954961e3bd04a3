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
    "check_at": ["check", "sin(x)/x", "--at", "x=2"],
    "check_gradient": ["check", "x^2*sin(y)", "--on", "x=0..5,y=1..2"],
    "check_kink": ["check", "max(x, 0)", "--at", "x=0"],
    "check_kink_json": ["check", "max(x, 0)", "--at", "x=0", "--json"],
    "check_claim": ["check", "sin(x^2)", "--claim", "cos(x^2)"],
    "check_claim_json": ["check", "sin(x^2)", "--claim", "cos(x^2)", "--json"],
    "check_claim_right": ["check", "atan(x)", "--claim", "cos(atan(x))^2"],
    "check_claims": ["check", "x^2*y", "--claim", "2*x*y, x^2+1"],
    "check_claim_syntax": ["check", "x^2", "--claim", "2x +"],
    "check_claim_name": ["check", "x^2", "--claim", "2t"],
    "minimize_draw": [
        "minimize",
        "x^2 + 10y^2",
        "--start",
        "x=2,y=1",
        "--compare",
        "gd,momentum",
        "--lr",
        "0.02",
        "--steps",
        "40",
        "--draw",
    ],
    "minimize_sweep": ["minimize", "x^2 + 10y^2", "--start", "x=2,y=1", "--sweep-lr", "1e-3..1", "--steps", "20"],
    "diff_certify": ["diff", "sin(x)", "--at", "x=1", "--certify"],
    "diff_certify_json": ["diff", "sin(x)", "--at", "x=1", "--certify", "--json"],
    "diff_certify_no_point": ["diff", "sin(x)", "--certify"],
    "hessian_certify": ["hessian", "x^2*y^3", "--at", "x=1,y=2.1", "--certify"],
    "certify": ["certify", "x^3 - x", "--on", "x=-2..2", "--claim", "3 roots"],
    "certify_json": ["certify", "x^3 - x", "--on", "x=-2..2", "--claim", "f' >= 0", "--json"],
    "certify_pole": ["certify", "tan(x)", "--on", "x=0..5", "--claim", "increasing"],
    "certify_facts": ["certify", "x^2*y", "--on", "x=0..1,y=-1..1"],
    "certify_facts_json": ["certify", "sin(x)", "--on", "x=0..1", "--json"],
    "certify_undecided": ["certify", "sign(x)*x", "--on", "x=-1..1", "--claim", "convex"],
    "certify_no_claim": ["certify", "x", "--on", "x=0..1", "--claim", "increasin"],
    "certify_no_region": ["certify", "x"],
    "health": ["health", "1-cos(x)", "--at", "x=1e-8"],
    "health_json": ["health", "log(1+exp(x))", "--at", "x=800", "--json"],
    "health_on": ["health", "log(1+x)", "--on", "x=0..5"],
    "health_gradient": ["health", "sqrt(x^2+y^2)", "--at", "x=1e200,y=1e200"],
    "health_fine": ["health", "log(x)", "--at", "x=1+2^-52"],
    "health_refused": ["health", "abs(x)", "--at", "x=0"],
    "check_own_code": [
        "check",
        *("--function", "samples.own_code:loss", "--gradient", "samples.own_code:sum_gradient"),
        *("--at", "samples/own_code.csv"),
    ],
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
    "selftest_unknown": ["selftest", "--function", "tanhh"],
    "net": ["net", "2-3-1", "--data", "xor", "--row", "2"],
    "net_stopped": ["net", "2-12-12-2", "--data", "moons", "--noise", "0.4", "--early-stop", "15", "--batch-norm", "--draw"],
    "net_width": ["net", "4-8-2", "--data", "samples/iris.csv"],
    "train_logistic": ["train", "samples/oring.csv", "--model", "logistic"],
    "train_linear": ["train", "samples/cars.csv", "--model", "linear"],
    "fit": ["fit", "samples/misra1a.csv", "y = b1*(1 - exp(-b2*x))", "--start", "b1=500,b2=1e-4"],
    "fit_profile": ["fit", "samples/puromycin.csv", "rate = Vmax*conc/(K + conc)", "--profile"],
    "fit_linear": ["fit", "samples/cars.csv", "sqrt(dist) = a + b*speed", "--robust"],
    "fit_bound": ["fit", "samples/cars.csv", "dist = a + b*speed + c*speed^2", "--bounds", "a=5..", "--fix", "c=0.1"],
    "fit_loss": ["fit", "samples/cars.csv", "dist = a*speed^b", "--start", "a=1,b=1", "--loss", "cauchy", "--loss-scale", "10"],
    "fit_apart": ["fit", "samples/misra1a.csv", "y = c*b1*(1 - exp(-b2*x))", "--start", "c=1,b1=240,b2=5e-4"],
    "fit_no_column": ["fit", "samples/misra1a.csv", "y = a*`z z`"],
    "train_softmax": ["train", "samples/iris.csv", "--model", "softmax", "--l2", "0.01", "--test", "0.2", "--importance"],
    "train_poisson": ["train", "samples/trial.csv", "--model", "poisson", "--features", "outcome"],
    "train_separated": ["train", "samples/iris.csv", "--model", "softmax"],
    "train_ridge": ["train", "samples/cars.csv", "--model", "ridge"],
    "predict_no_column": ["predict", "samples/model.json", "samples/cars.csv"],
    "predict_no_model": ["predict", "samples/oring.csv", "samples/oring.csv"],
    "evaluate": ["evaluate", "samples/model.json", "samples/oring.csv"],
    "show": ["show", "samples/model.json"],
    "show_json": ["show", "samples/model.json", "--json"],
    "show_latex": ["show", "samples/model.json", "--format", "latex"],
    "show_code": ["show", "samples/model.json", "--lang", "c", "--class", "0"],
    "show_class": ["show", "samples/model.json", "--lang", "c", "--class", "2"],
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
