"""Runs generated sources, many at once: one compilation a language."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

COMPILERS = {"c": "gcc", "javascript": "node", "rust": "rustc", "fortran": "gfortran", "julia": "julia"}
ALWAYS = ("c", "python", "numpy")  # must run on every machine
HERE = [*ALWAYS, *(name for name in COMPILERS if name not in ALWAYS and shutil.which(COMPILERS[name]))]


def failures(language: str, codes: Sequence[str], folder: Path) -> str:
    """Run the self-tests of sources; what they print beside OK, empty if all are right."""
    run = {
        "python": _python,
        "numpy": _python,
        "c": _c,
        "javascript": _javascript,
        "rust": _rust,
        "fortran": _fortran,
        "julia": _julia,
    }
    return run[language](codes, folder)


def _python(codes: Sequence[str], folder: Path) -> str:
    said = []
    for k, code in enumerate(codes):
        path = folder / f"f{k}.py"
        path.write_text(code)
        out = StringIO()
        with redirect_stdout(out):
            failed = runpy.run_path(str(path))["_self_test"]()
        assert failed == ("OK\n" != out.getvalue())
        said.append(f"{code.splitlines()[0]}\n{out.getvalue()}" if failed else "")
    return "".join(said)


def _c(codes: Sequence[str], folder: Path) -> str:
    parts = [code.replace("int main(void)", f"static int main_{k}(void)") for k, code in enumerate(codes)]
    calls = "".join(f'    puts("{k}"); failures += main_{k}();\n' for k in range(len(codes)))
    program = "".join(parts) + f"int main(void)\n{{\n    int failures = 0;\n{calls}    return failures != 0;\n}}\n"
    (folder / "all.c").write_text(program)
    command = "gcc -std=c99 -Wall -Wextra -Werror -pedantic -DDERIVKIT_SELF_TEST all.c -lm -o all_c"
    return _run(command, folder) or _run("./all_c", folder)


def _javascript(codes: Sequence[str], folder: Path) -> str:
    for k, code in enumerate(codes):
        (folder / f"f{k}.mjs").write_text(code + "export { selfTest };\n")
    lines = [f'import {{ selfTest as t{k} }} from "./f{k}.mjs";\n' for k in range(len(codes))]
    tests = ", ".join(f"t{k}" for k in range(len(codes)))
    (folder / "all.mjs").write_text(
        "".join(lines) + f"let bad = 0;\n[{tests}].forEach((t, k) => {{ console.log(k); t(); bad += process.exitCode; }});\n"
        "process.exitCode = bad ? 1 : 0;\n"
    )
    return _run("node all.mjs", folder)


def _rust(codes: Sequence[str], folder: Path) -> str:
    (folder / "all.rs").write_text("".join(f"pub mod m{k} {{\n{code}}}\n" for k, code in enumerate(codes)))
    return _run("rustc -D warnings --test all.rs -o all_rust", folder) or _run("./all_rust", folder)


def _fortran(codes: Sequence[str], folder: Path) -> str:
    parts = [
        re.sub(r"^(end )?program self_test", rf"\1subroutine test_{k}", code, flags=re.MULTILINE) for k, code in enumerate(codes)
    ]
    calls = "".join(f"    print *, {k}\n    call test_{k}\n" for k in range(len(codes)))
    (folder / "all.F90").write_text("".join(parts) + f"program all_tests\n{calls}end program all_tests\n")
    command = "gfortran -O0 -std=f2008 -Wall -DDERIVKIT_SELF_TEST all.F90 -o all_fortran"
    return _run(command, folder) or _run("./all_fortran", folder)


def _julia(codes: Sequence[str], folder: Path) -> str:
    parts = [f"module M{k}\n{code}end\nM{k}.self_test() || exit(1)\n" for k, code in enumerate(codes)]
    (folder / "all.jl").write_text("".join(parts))
    return _run("julia all.jl", folder)


def _run(command: str, folder: Path) -> str:
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
