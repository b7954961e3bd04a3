"""C99."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.codegen.language import ABOUT, WIDTH, Assignment, Language, bracketed, call_of, listed
from derivkit.codegen.source import Helper, Source

_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool _Complex
_Imaginary alignas alignof bool constexpr false nullptr static_assert thread_local true typeof asm main errno class
delete explicit export friend mutable namespace new operator private protected public template this throw try catch
using virtual value gradient hessian NAN INFINITY HUGE_VAL math_errhandling float_t double_t acos asin atan atan2 cos
sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 frexp ilogb ldexp log log10 log1p log2 logb modf scalbn scalbln
cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint lrint llrint round lround llround trunc fmod
remainder remquo copysign nan nextafter nexttoward fdim fmax fmin fma isfinite isinf isnan isnormal signbit fpclassify
isgreater isless islessgreater isunordered gamma j0 j1 jn y0 y1 yn signgam drem significand scalb finite
"""
TEST = """\
#ifdef DERIVKIT_SELF_TEST
#include <stdio.h>

int main(void)
{{
{labels}
    /* {about} */
    static const double at[][{columns}] = {{
{at}
    }};
    static const double expected[][{outputs}] = {{
{expected}
    }};
    static const double tolerance[][{outputs}] = {{
{tolerance}
    }};
    double actual[{outputs}];
    int failures = 0;
    for (int i = 0; i < {points}; i++) {{
        actual[0] = {call};
        for (int k = 0; k < {outputs}; k++) {{
            if (!(fabs(actual[k] - expected[i][k]) <= tolerance[i][k])) {{
                printf("point %d: %s is %.17g, expected %.17g\\n", i + 1, labels[k], actual[k], expected[i][k]);
                failures++;
            }}
        }}
    }}
    if (!failures)
        printf("OK\\n");
    return failures != 0;
}}
#endif
"""
SUMMARIES = (
    "Returns the value.",
    "Returns the value; puts the partial derivatives, in the order of the arguments, into gradient.",
    "Returns the value; puts the partial derivatives, in the order of the arguments, into gradient and hessian (row by row).",
)


class C(Language):
    """C99: the value is returned, gradient and Hessian are put into arrays."""

    name = "c"
    title = "C"
    extension = "c"
    reserved = frozenset(_WORDS.split())
    prefix = "{name}_"
    nan = "NAN"
    run = "cc -std=c99 -DDERIVKIT_SELF_TEST {file} -lm && ./a.out"

    def assign(self, assignment: Assignment) -> str:
        """A constant."""
        return f"const double {assignment.name} = {assignment.text};"

    def comment(self, lines: Sequence[str]) -> list[str]:
        """A block, which no line can close."""
        return ["/*", *(f" * {line}".rstrip().replace("*/", "* /") for line in lines), " */"]

    def helper(self, helper: Helper) -> list[str]:
        """A static function."""
        parameters = [f"double {name}" for name in helper.parameters]
        return [
            f"/* {helper.title} */",
            call_of(f"static double {helper.name}", parameters),
            "{",
            *self.statements(helper.body.statements, "    "),
            f"    return {helper.body.outputs[0]};",
            "}",
            "",
        ]

    def file(self, source: Source) -> str:
        """The function, and main behind a macro."""
        lines = [*self.comment(source.head), "#include <math.h>", ""]
        for helper in source.helpers:
            lines += self.helper(helper)
        lines += [f"/* {SUMMARIES[source.order]} */", *self._head(source), "{"]
        lines += [f"    (void){name};" for name in source.unused]
        lines += self.statements(source.body.statements, "    ")
        lines += [f"    gradient[{k}] = {text};" for k, text in enumerate(source.gradient)]
        lines += [f"    hessian[{k}] = {text};" for k, text in enumerate(text for row in source.hessian for text in row)]
        lines += [f"    return {source.value};", "}", "", self._test(source)]
        return "\n".join(lines)

    def _head(self, source: Source) -> list[str]:
        size = source.size
        parameters = [f"double {name}" for name in source.parameters]
        parameters += [f"double gradient[{size}]"] * (source.order >= 1) + [f"double hessian[{size * size}]"] * (source.order >= 2)
        line = call_of(f"double {source.name}", parameters or ["void"])
        return [line] if len(line) <= WIDTH else [f"double {source.name}(", *listed(parameters, "    "), ")"]

    def _test(self, source: Source) -> str:
        size = source.size
        arguments = [f"at[i][{k}]" for k in range(size)]
        arguments += ["actual + 1"] * (source.order >= 1) + [f"actual + {1 + size}"] * (source.order >= 2)

        def rows(lists: Sequence[Sequence[float]]) -> str:
            return "\n".join(line for one in lists for line in bracketed("{", map(repr, one or [0.0]), "},", " " * 8))

        call = call_of(source.name, arguments)
        if len(call) > WIDTH:
            call = "\n".join([f"{source.name}(", *listed(arguments, " " * 12)]) + ")"
        return TEST.format(
            labels="\n".join(
                bracketed("static const char *const labels[] = {", (f'"{label}"' for label in source.labels), "};", " " * 4)
            ),
            about=ABOUT,
            columns=max(size, 1),
            outputs=len(source.labels),
            points=len(source.cases),
            at=rows([case.at for case in source.cases]),
            expected=rows([case.expected for case in source.cases]),
            tolerance=rows([case.tolerance for case in source.cases]),
            call=call,
        )
