"""Regression beside its peers: digits of NIST's linear problems, the same estimates, start-up, and a large file.

    python benchmarks/regression.py [digits] [peers] [startup] [large] [memory] [--runs 5] [--rows 500000] [--python PATH]

Without a name all parts but `memory` run; that one writes a file of ten times the rows, 1 GB.
`--python` names an interpreter that has the peers, if this one has not.
Processes take turns, so that all see the same machine; figures are medians, and ratios the medians of the pairs' ratios.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DERIVKIT = [sys.executable, "-m", "derivkit"]
ROWS_AT_ONCE = 250_000
BARE = "import numpy, polars, typer"
LARGE = """
import sys, numpy, pandas
from sklearn.linear_model import LogisticRegression
data = pandas.read_csv(sys.argv[1])
y = data.pop("y")
model = LogisticRegression(C=numpy.inf, tol=1e-8, max_iter=1000).fit(data.to_numpy(), y)
print(*model.intercept_, *model.coef_[0])
"""
PEERS = """
import sys, numpy as np, pandas as pd, statsmodels.api as sm
from sklearn.linear_model import Lasso, PoissonRegressor, Ridge
cars, oring, stack = (pd.read_csv(f"{sys.argv[1]}/samples/{name}.csv").to_numpy(float) for name in ("cars", "oring", "stackloss"))
one = sm.add_constant
def show(name, *values): print(name, *[repr(float(v)) for v in values])
show("linear", *sm.OLS(cars[:, 1], one(cars[:, 0])).fit().params)
show("linear robust errors", *sm.OLS(cars[:, 1], one(cars[:, 0])).fit(cov_type="HC3").bse)
show("logistic", *sm.Logit(oring[:, 1], one(oring[:, 0])).fit(disp=0, tol=1e-14).params)
show("huber", *sm.RLM(stack[:, 3], one(stack[:, :3]), M=sm.robust.norms.HuberT()).fit(tol=1e-14, maxiter=1000).params)
show("poisson l2", *[(m.intercept_, *m.coef_) for m in [PoissonRegressor(alpha=0.1, tol=1e-12).fit(stack[:, :3], stack[:, 3])]][0])
show("ridge", *[(m.intercept_, *m.coef_) for m in [Ridge(alpha=21 * 0.5).fit(stack[:, :3], stack[:, 3])]][0])
show("lasso", *[(m.intercept_, *m.coef_) for m in [Lasso(alpha=0.5, tol=1e-14, max_iter=10**6).fit(stack[:, :3], stack[:, 3])]][0])
"""
OURS = {
    "linear": ("cars", {"model": "linear"}, "estimate"),
    "linear robust errors": ("cars", {"model": "linear", "robust": True}, "standard_error"),
    "logistic": ("oring", {"model": "logistic"}, "estimate"),
    "huber": ("stackloss", {"model": "huber"}, "estimate"),
    "poisson l2": ("stackloss", {"model": "poisson", "l2": 0.1}, "estimate"),
    "ridge": ("stackloss", {"model": "ridge", "l2": 0.5}, "estimate"),
    "lasso": ("stackloss", {"model": "lasso", "l1": 0.5}, "estimate"),
}


def digits(found: float, known: float) -> float:
    """Correct digits, at most 15; of a known 0, how small the found number is."""
    gap = abs(found - known) / abs(known) if known else abs(found)
    return 15.0 if gap < 1e-15 else -math.log10(gap)


def show_digits() -> None:
    """The worst digit of every problem."""
    from derivkit.training import train

    problems = json.loads((ROOT / "tests" / "data" / "nist_linear.json").read_text(encoding="utf-8"))["problems"]
    print(f"{'problem':12}{'estimates':>10}{'errors':>8}   correct digits, the worst coefficient's")
    for name, p in problems.items():
        found = train(
            {"x": p["x"], "y": p["y"]}, model=p["model"], degree=p["degree"], intercept=p["intercept"], target="y"
        ).coefficients
        worst = min(digits(c.estimate, known) for c, known in zip(found, p["estimates"], strict=True))
        spread = min(digits(c.standard_error, known) for c, known in zip(found, p["standard_errors"], strict=True))
        print(f"{name:12}{worst:10.1f}{spread:8.1f}")


def show_peers(python: str) -> None:
    """How far the peers' numbers lie from ours."""
    from derivkit.training import train

    done = subprocess.run([python, "-W", "ignore", "-c", PEERS, str(ROOT)], capture_output=True, text=True)
    if done.returncode:
        print("peers: not installed")
        return
    print(f"{'model':24}largest relative difference")
    for line in done.stdout.splitlines():
        name = max((name for name in OURS if line.startswith(name + " ")), key=len)
        data, options, what = OURS[name]
        found = [getattr(c, what) for c in train(ROOT / "samples" / f"{data}.csv", **options).coefficients]
        theirs = [float(v) for v in line[len(name) :].split()]
        print(f"{name:24}{max(abs(a - b) / abs(a) for a, b in zip(found, theirs, strict=True)):.0e}")


def run(command: list[str]) -> tuple[float, float]:
    """Seconds and the most megabytes of one run of a command."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed: {command}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def compare(name: str, ours: list[str], theirs: list[str], runs: int, allowed: tuple[float, ...]) -> None:
    """Run both in turn and print medians and ratios beside what is allowed."""
    run(ours), run(theirs)  # once for the caches of the disk and of bytecode
    pairs = [(run(ours), run(theirs)) for _ in range(runs)]
    for what, k, unit in (("time", 0, "s"), ("memory", 1, "MB"))[: len(allowed)]:
        mine, peer = ([pair[side][k] for pair in pairs] for side in (0, 1))
        ratio = statistics.median(a / b for a, b in zip(mine, peer, strict=True))
        both = f"{statistics.median(mine):8.2f}{statistics.median(peer):8.2f} {unit:3}"
        print(f"{name:22}{what:7}{both} ratio {ratio:.2f}, allowed {allowed[k]:g}")


def show_startup(runs: int) -> None:
    """A model of a hundred rows, beside Python that only imports what it stands on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.csv"
        path.write_text("x,z,y\n" + "".join(f"{k % 17},{k * k % 23},{(k % 17 + k % 5 > 10) * 1}\n" for k in range(100)))
        for model in ("linear", "logistic", "poisson"):
            command = [*DERIVKIT, "train", str(path), "--model", model]
            compare(f"{model}, 100 rows", command, [sys.executable, "-c", BARE], runs, (1.5,))


def write_classes(path: str, rows: int) -> None:
    """Two classes and twenty columns, a part of the rows at a time."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(0)
    weights = rng.standard_normal(20) / 2
    with open(path, "wb") as file:
        for first in range(0, rows, ROWS_AT_ONCE):
            x = rng.standard_normal((min(ROWS_AT_ONCE, rows - first), 20)).round(6)
            y = rng.random(len(x)) < 1 / (1 + np.exp(-x @ weights - 0.2))
            part = pl.DataFrame({**{f"x{k}": x[:, k] for k in range(20)}, "y": y.astype(int)})
            part.write_csv(file, include_header=not first)


def show_memory(rows: int) -> None:
    """Logistic regression of more and more rows in little memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "rows.csv")
        for count in (rows, 3 * rows, 10 * rows):
            write_classes(path, count)
            seconds, megabytes = run([*DERIVKIT, "train", path, "--model", "logistic", "--memory", "500MB"])
            each = f"{seconds / count * 1e6:.1f} s a million rows"
            print(f"logistic, {count:>10,}x20 --memory 500MB {seconds:8.1f} s {megabytes:6.0f} MB, {each}")


def show_large(rows: int, runs: int, python: str) -> None:
    """Logistic regression of many rows, beside pandas and scikit-learn at the same minimum."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "large.csv")
        write_classes(path, rows)
        command = [*DERIVKIT, "train", path, "--model", "logistic"]
        compare(f"logistic, {rows:,}x20", command, [python, "-W", "ignore", "-c", LARGE, path], runs, (0.5, 0.6))


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(description="Regression beside its peers.")
    parser.add_argument("parts", nargs="*", default=["digits", "peers", "startup", "large"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--python", default=sys.executable)
    given = parser.parse_args()
    if "digits" in given.parts:
        show_digits()
    if "peers" in given.parts:
        show_peers(given.python)
    if "startup" in given.parts:
        show_startup(given.runs)
    if "large" in given.parts:
        show_large(given.rows, given.runs, given.python)
    if "memory" in given.parts:
        show_memory(given.rows)


if __name__ == "__main__":
    main()
