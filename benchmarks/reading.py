"""How long a CSV file takes to become numbers, and in how much memory, beside Polars and pandas.

Every run is a process of its own, and the readers take turns, so that all see the same machine; the clock runs from after the
imports until all numbers stand in memory, or, for batches, have been gone through once. Memory is the most that the whole process
ever had resident.

    python benchmarks/reading.py [--rows 500000] [--runs 5] [--longer 10]

`--longer K` also goes through a file of K times the rows in batches, to show what grows.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

COLUMNS = 20
MEASURED = """
import resource, sys, time
path = sys.argv[1]
{imports}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
READERS = {
    "polars.read_csv": ("polars", "import polars", "polars.read_csv(path)"),
    "pandas.read_csv": ("pandas", "import pandas", "pandas.read_csv(path)"),
    "derivkit, a table": ("polars", "import numpy, polars\nfrom derivkit.data.table import read_table", "read_table(path)"),
    "derivkit, a design": (
        "polars",
        "import numpy, polars\nfrom derivkit.data.design import build_design\nfrom derivkit.data.table import read_table",
        "build_design(read_table(path), target='y', features=None, intercept=True, classes=True)",
    ),
    "derivkit, in batches": (
        "polars",
        "import numpy, polars\nfrom derivkit.data.batches import read_batches",
        "for matrix, response in read_batches(path, target='y', classes=True): pass",
    ),
    "  and ten times more": (
        "polars",
        "import numpy, polars\nfrom derivkit.data.batches import read_batches",
        "batches = read_batches(path, target='y', classes=True)\nfor _ in range(11):\n    for matrix, response in batches: pass",
    ),
}


def write(path: Path, rows: int) -> None:
    """A file of 20 columns of numbers of full precision and a class, 100,000 different rows over and over."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(0)
    several = min(rows, 100_000)
    columns = {f"x{k}": rng.standard_normal(several) for k in range(COLUMNS)}
    text = pl.DataFrame({**columns, "y": (rng.random(several) < 0.5).astype(int)}).write_csv(include_header=False)
    with path.open("w") as file:
        file.write(",".join([*columns, "y"]) + "\n")
        for _ in range(rows // several):
            file.write(text)


def measure(name: str, path: Path) -> tuple[float, float]:
    """Seconds and MiB of one run."""
    _, imports, work = READERS[name]
    program = MEASURED.format(imports=imports, work=work)
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def main() -> None:
    """Measure every reader and print a table."""
    parser = argparse.ArgumentParser(description="Reading CSV beside Polars and pandas.")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--longer", type=int, default=0)
    given = parser.parse_args()
    names = [name for name, (package, _, _) in READERS.items() if find_spec(package)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data.csv")
        write(path, given.rows)
        print(f"{given.rows:,} rows, {COLUMNS + 1} columns, {path.stat().st_size / 2**20:.0f} MiB")
        rounds = [{name: measure(name, path) for name in names} for _ in range(given.runs)]
        print(f"{'reader':24}{'seconds':>9}{'ratio':>7}{'MiB':>7}")
        for name in names:
            ratio = statistics.median(one[name][0] / one[names[0]][0] for one in rounds)
            seconds, memory = (statistics.median(one[name][k] for one in rounds) for k in (0, 1))
            print(f"{name:24}{seconds:9.2f}{ratio:7.2f}{memory:7.0f}")
        if given.longer:
            write(path, given.rows * given.longer)
            seconds, memory = measure("derivkit, in batches", path)
            print(f"{given.rows * given.longer:,} rows, {path.stat().st_size / 2**20:.0f} MiB")
            print(f"{'derivkit, in batches':24}{seconds:9.2f}{'':7}{memory:7.0f}")


if __name__ == "__main__":
    main()
