"""What a command imports: in a fresh process, since a module once imported stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """
import sys
from derivkit.cli.app import app
app(sys.argv[2:], standalone_mode=False)
loaded = sorted(set(sys.argv[1].split(",")) & set(sys.modules))
sys.exit(f"loaded: {', '.join(loaded)}" if loaded else 0)
"""


@pytest.mark.parametrize(
    ("unwanted", "arguments"),
    [
        ("sympy,numpy,scipy,flint,polars,rich", ["--help"]),
        ("sympy,numpy,scipy,flint,polars,rich", ["diff", "--help"]),
        ("numpy,scipy,polars,rich", ["diff", "sin(x)*exp(x)", "--order", "2"]),
        ("numpy,scipy,polars,rich", ["diff", "x^2*y^3", "--wrt", "x,y,y", "--at", "x=1,y=2", "--json"]),
        ("sympy,polars,rich", ["tape", "sin(x^2)*exp(y)", "--at", "x=1,y=2"]),
        ("sympy,numpy,scipy,flint,polars,rich", ["graph", "sin(x^2)*exp(y)"]),
        ("sympy,polars,rich", ["graph", "sin(x^2)*exp(y)", "--at", "x=1,y=2"]),
        ("sympy,polars,rich", ["functions"]),
        ("sympy,polars,rich", ["functions", "besselj", "--json"]),
        (
            "sympy,flint,polars,rich,scipy",
            ["check", "--function", "samples.own_code:loss", "--gradient", "samples.own_code:loss_gradient", "--at", "[10, -0.15]"],
        ),
        ("sympy,scipy,rich,matplotlib", ["fit", "samples/misra1a.csv", "y = b1*(1 - exp(-b2*x))", "--start", "b1=500,b2=1e-4"]),
        ("sympy,flint,rich,scipy,matplotlib", ["net", "2-3-1", "--data", "xor", "--epochs", "3"]),
        ("sympy,rich,scipy,matplotlib", ["train", "samples/oring.csv", "--model", "logistic"]),
        ("sympy,rich,scipy,matplotlib", ["train", "samples/cars.csv", "--model", "linear"]),
        ("sympy,rich,scipy,matplotlib", ["train", "samples/trial.csv", "--model", "poisson"]),
        ("sympy,rich,scipy,matplotlib", ["predict", "samples/model.json", "samples/oring.csv", "--interval"]),
        ("sympy,rich,scipy,matplotlib", ["evaluate", "samples/model.json", "samples/oring.csv"]),
        ("sympy,rich,scipy,matplotlib,polars,numpy", ["show", "samples/model.json"]),
        (
            "sympy,scipy,rich,matplotlib,polars",
            ["minimize", "100(y-x^2)^2 + (1-x)^2", "--start", "x=-1.2,y=1", "--compare", "gd,newton"],
        ),
        ("sympy,scipy,rich,matplotlib,polars", ["minimize", "x^4", "--bounds", "x=-1..2", "--json"]),
    ],
)
def test_a_command_does_not_import_what_it_does_not_need(unwanted: str, arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, unwanted, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    "module", ["derivkit", "derivkit.tape", "derivkit.expression.graph", "derivkit.functions", "derivkit.checking"]
)
def test_the_floors_below_the_formulas_do_not_import_sympy(module: str) -> None:
    program = f"import sys, {module}; sys.exit('sympy' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode
