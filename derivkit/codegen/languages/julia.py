"""Julia, with nothing but its Base."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.codegen.language import ABOUT, WIDTH, Branch, Language, bracketed, call_of, listed
from derivkit.codegen.source import Helper, Source

_WORDS = """
baremodule begin break catch const continue do else elseif end export false finally for function global if import in isa
let local macro module quote return struct true try type using var where while abstract mutable primitive new outer
missing nothing pi im value gradient hessian abs abspath zip length println vec exit NaN Inf Float64 Int Vector Matrix
Real Number Base Core Main sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 exp10 expm1 log log2
log10 log1p sqrt cbrt hypot floor ceil round min max sign sinc div rem mod fld cld gcd lcm one zero eps
"""
TEST = """\
# Compares with values from 50-digit arithmetic.
function self_test()
{labels}
    # {about}
    cases = [
{cases}
    ]
    failures = 0
    for (at, expected, tolerance) in cases
{actual}
        for (label, found, wanted, allowed) in zip(labels, actual, expected, tolerance)
            if !(abs(found - wanted) <= allowed)
                println("$label at $at is $found, expected $wanted")
                failures += 1
            end
        end
    end
    failures == 0 && println("OK")
    return failures == 0
end

if abspath(PROGRAM_FILE) == @__FILE__
    exit(self_test() ? 0 : 1)
end
"""
ACTUAL = {
    0: "actual = [{name}(at...)]",
    1: "value, gradient = {name}(at...)\n        actual = [value; gradient]",
    2: "value, gradient, hessian = {name}(at...)\n        actual = [value; gradient; vec(hessian)]",
}


class Julia(Language):
    """Julia: a tuple of the value, a vector and a matrix."""

    name = "julia"
    title = "Julia"
    extension = "jl"
    reserved = frozenset([*_WORDS.split(), "self_test"])
    raises = True
    spaces_products = True
    prefix = "_"
    line_comment = "# "
    run = "julia {file}"
    note = "Where functions of Julia throw an error, so does this one."

    def branch(self, branch: Branch, indent: str) -> list[str]:
        """An if with what it decides, indented."""
        deeper = f"{indent}    "
        if not branch.then:
            return [f"{indent}if !({branch.condition})", *self.statements(branch.otherwise, deeper), f"{indent}end"]
        lines = [f"{indent}if {branch.condition}", *self.statements(branch.then, deeper)]
        lines += [f"{indent}else", *self.statements(branch.otherwise, deeper)] * bool(branch.otherwise)
        return [*lines, f"{indent}end"]

    def helper(self, helper: Helper) -> list[str]:
        """A function."""
        return [
            f"# {helper.title}",
            f"function {call_of(helper.name, helper.parameters)}",
            *self.statements(helper.body.statements, "    "),
            f"    return {helper.body.outputs[0]}",
            "end",
            "",
        ]

    def file(self, source: Source) -> str:
        """The function, and a test that runs with the file."""
        lines = self.opening(source)
        parameters = [f"{name}::Float64" for name in source.parameters]
        head = f"function {call_of(source.name, parameters)}"
        lines += [f'"{source.summary}."']
        lines += [head] if len(head) <= WIDTH else [f"function {source.name}(", *listed(parameters, " " * 8), ")"]
        lines += [*self.statements(source.body.statements, "    "), *self._results(source), "end", "", self._test(source)]
        return "\n".join(lines)

    def _results(self, source: Source) -> list[str]:
        if source.order == 0:
            return [f"    return {source.value}"]
        lines = [f"    value = {source.value}", "    gradient = [", *(f"        {text}," for text in source.gradient), "    ]"]
        if source.order == 1:
            return [*lines, "    return value, gradient"]
        entries = [f"        {text}," for row in source.hessian for text in row]  # the matrix is symmetric: columns are rows
        size = source.size
        return [*lines, "    hessian = reshape([", *entries, f"    ], {size}, {size})", "    return value, gradient, hessian"]

    def _test(self, source: Source) -> str:
        return TEST.format(
            labels="\n".join(bracketed("labels = [", (f'"{label}"' for label in source.labels), "]", " " * 4)),
            about=ABOUT,
            cases="\n".join(
                line
                for case in source.cases
                for line in ["        (", *_list(case.at), *_list(case.expected), *_list(case.tolerance), "        ),"]
            ),
            actual="        " + ACTUAL[source.order].format(name=source.name),
        )


def _list(values: Sequence[float]) -> list[str]:
    return bracketed("[", map(repr, values), "],", " " * 12)
