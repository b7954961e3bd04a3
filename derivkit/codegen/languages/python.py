"""Python, with nothing but its standard library."""

from __future__ import annotations

from collections.abc import Sequence
from keyword import kwlist, softkwlist

from derivkit.codegen.language import ABOUT, CHOICE, Branch, Language, Text, bracketed, call_of, listed
from derivkit.codegen.program import Logic
from derivkit.codegen.source import Helper, Source
from derivkit.functions import Row

_WORDS = "math np special value gradient hessian shape print float int range zip len abs max min sum pow round entry"
TEST = '''\
def _self_test():
    """Compare with values from 50-digit arithmetic."""
{labels}
    # {about}
    cases = [
{cases}
    ]
    failures = 0
    for at, expected, tolerance in cases:
{actual}
        for label, found, wanted, allowed in zip(labels, actual, expected, tolerance):
            if not abs(found - wanted) <= allowed:
                print(f"{{label}} at {{at}} is {{found!r}}, expected {{wanted!r}}")
                failures += 1
    if not failures:
        print("OK")
    return failures != 0


if __name__ == "__main__":
    raise SystemExit(_self_test())
'''
ACTUAL = {
    0: "actual = [{name}(*at)]",
    1: "value, gradient = {name}(*at)\nactual = [value, *gradient]",
    2: "value, gradient, hessian = {name}(*at)\nactual = [value, *gradient, *(entry for row in hessian for entry in row)]",
}


class Python(Language):
    """Python: value, gradient and Hessian as a tuple of floats and tuples."""

    name = "python"
    title = "Python"
    extension = "py"
    reserved = frozenset([*kwlist, *softkwlist, *_WORDS.split()])
    raises = True
    prefix = "_"
    logic = {Logic.NOT: "not ", Logic.AND: " and ", Logic.OR: " or "}  # noqa: RUF012  # typed in the base
    true = "True"
    false = "False"
    nan = "math.nan"
    run = "python3 {file}"
    note = "Where functions of math raise an exception, so does this one."
    imports = ("import math",)

    def native(self, row: Row) -> str:
        """What `math` calls it."""
        public = row.scalar is not None and row.scalar.startswith("math:")
        return row.code.others.get(self.name, str(row.scalar).replace(":", ".") if public else "")

    def choose(self, condition: Text, x: Text, y: Text) -> Text:
        """A conditional expression, which computes one branch."""
        return Text(f"{x.within(CHOICE + 1)} if {condition.within(CHOICE + 1)} else {y.text}", CHOICE)

    def branch(self, branch: Branch, indent: str) -> list[str]:
        """An if with what it decides, indented."""
        deeper = f"{indent}    "
        if not branch.then:
            return [f"{indent}if not ({branch.condition}):", *self.statements(branch.otherwise, deeper)]
        lines = [f"{indent}if {branch.condition}:", *self.statements(branch.then, deeper)]
        return [*lines, f"{indent}else:", *self.statements(branch.otherwise, deeper)] if branch.otherwise else lines

    def helper(self, helper: Helper) -> list[str]:
        """A private function."""
        return [
            f"def {call_of(helper.name, helper.parameters)}:",
            f'    """{helper.title}"""',
            *self.statements(helper.body.statements, "    "),
            f"    return {helper.body.outputs[0]}",
            "",
            "",
        ]

    def file(self, source: Source) -> str:
        """The function, and a test that runs with the file."""
        lines = ['"""' + source.head[0], *source.head[1:], '"""', "", *self.imports_of(source), "", ""]
        for helper in source.helpers:
            lines += self.helper(helper)
        lines += [*self.head(source), *self.statements(source.body.statements, "    "), *self.results(source), "", "", ""]
        actual = ACTUAL[source.order].format(name=source.name)
        return "\n".join(lines) + TEST.format(
            labels="\n".join(bracketed("labels = [", (f'"{label}"' for label in source.labels), "]", " " * 4)),
            about=ABOUT,
            cases="\n".join(line for case in source.cases for line in self.case([case.at, case.expected, case.tolerance])),
            actual="\n".join(f"        {line}" for line in actual.splitlines()),
        )

    def imports_of(self, source: Source) -> Sequence[str]:
        """The lines that import what is used."""
        return self.imports

    def head(self, source: Source) -> list[str]:
        """The line that defines the function, and its docstring."""
        line = f"def {call_of(source.name, source.parameters)}:"
        lines = [line] if len(line) < 100 else [f"def {source.name}(", *listed(source.parameters, " " * 8), "):"]
        return [*lines, f'    """{source.summary}."""']

    def results(self, source: Source) -> list[str]:
        """The lines that return what was computed."""
        if source.order == 0:
            return [f"    return {source.value}"]
        lines = [f"    value = {source.value}", "    gradient = (", *(f"        {text}," for text in source.gradient), "    )"]
        if source.order == 1:
            return [*lines, "    return value, gradient"]
        lines += ["    hessian = ("]
        for row in source.hessian:
            lines += self.row(row)
        return [*lines, "    )", "    return value, gradient, hessian"]

    def row(self, row: Sequence[str]) -> list[str]:
        """A row of the Hessian: on one line if it fits."""
        line = f"        ({', '.join(row)}{',' * (len(row) == 1)}),"
        return [line] if len(line) <= 100 else ["        (", *(f"            {text}," for text in row), "        ),"]

    def case(self, lists: Sequence[Sequence[float]]) -> list[str]:
        """A point of the test."""
        inner = [line for one in lists for line in bracketed("[", map(repr, one), "],", " " * 12)]
        return ["        (", *inner, "        ),"]
