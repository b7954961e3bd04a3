"""Rust, with nothing but its standard library."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from derivkit.codegen.language import ABOUT, ATOM, CHOICE, WIDTH, Assignment, Language, Text, bracketed, call_of, listed
from derivkit.codegen.source import Helper, Source

_WORDS = """
as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub
ref return self Self static struct super trait true type unsafe use where while abstract become box do final macro
override priv try typeof unsized virtual yield gen union f32 f64 bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64
i128 isize std core alloc main test value gradient hessian tests drop Some None Ok Err String Vec Box Option Result
"""
CONSTANTS = {
    math.pi: "PI", math.tau: "TAU", math.e: "E", math.pi / 2: "FRAC_PI_2", math.pi / 3: "FRAC_PI_3", math.pi / 4: "FRAC_PI_4",
    1 / math.pi: "FRAC_1_PI", 2 / math.pi: "FRAC_2_PI", 2 / math.sqrt(math.pi): "FRAC_2_SQRT_PI", math.sqrt(2): "SQRT_2",
    math.sqrt(0.5): "FRAC_1_SQRT_2", math.log(2): "LN_2", math.log(10): "LN_10",
}  # fmt: skip
_SAME_BLOCKS = re.compile(r"\{ (\S+) \} else if [^{}]* \{ \1 \}")
MOST_ARGUMENTS = 7  # that Clippy takes without a word
TEST = """\
#[cfg(test)]
mod tests {{
    // Compares with values from 50-digit arithmetic.
    #[test]
    fn agrees() {{
{labels}
        // {about}
        let cases: [([f64; {size}], [f64; {outputs}], [f64; {outputs}]); {points}] = [
{cases}
        ];
        for (at, expected, tolerance) in cases {{
{actual}
            for k in 0..{outputs} {{
                assert!(
                    (actual[k] - expected[k]).abs() <= tolerance[k],
                    "{{}} at {{:?}} is {{:?}}, expected {{:?}}",
                    labels[k],
                    at,
                    actual[k],
                    expected[k]
                );
            }}
        }}
    }}
}}
"""
ACTUAL = {
    0: "let actual = [super::{call}];",
    1: "let (value, gradient) = super::{call};\nlet actual = [&[value][..], &gradient].concat();",
    2: "let (value, gradient, hessian) = super::{call};\nlet actual = [&[value][..], &gradient, &hessian.concat()].concat();",
}


class Rust(Language):
    """Rust: a tuple of the value and arrays."""

    name = "rust"
    title = "Rust"
    extension = "rs"
    reserved = frozenset(_WORDS.split())
    spaces_products = True
    nan = "f64::NAN"
    run = "rustc --test {file} -o self_test && ./self_test"

    def number(self, value: float) -> Text:
        """A literal; the constants that Rust has by their names."""
        return Text(_constant(value)) if value in CONSTANTS else super().number(value)

    def call(self, name: str, arguments: Sequence[Text], native: bool) -> Text:
        """A method of f64, or a function of our own."""
        if not native:
            return super().call(name, arguments, native)
        first, *rest = arguments
        others = ", ".join(one.text for one in rest)
        if first.level == CHOICE:
            return Text(f"f64::{name}({first.text}, {others})" if rest else f"f64::{name}({first.text})")
        typed = first.text.replace(".", "").isdigit()  # the compiler would ask for the type of a literal
        return Text(f"{first.text}_f64.{name}({others})" if typed else f"{first.within(ATOM)}.{name}({others})")

    def choose(self, condition: Text, x: Text, y: Text) -> Text:
        """An if that is an expression."""
        otherwise = f"else {y.text}" if y.text.startswith("if ") else f"else {{ {y.text} }}"
        return Text(f"if {condition.text} {{ {x.text} }} {otherwise}", CHOICE)

    def assign(self, assignment: Assignment) -> str:
        """A binding."""
        return f"let {assignment.name} = {assignment.text};"

    def helper(self, helper: Helper) -> list[str]:
        """A private function."""
        return [
            f"/// {helper.title}",
            f"fn {call_of(helper.name, [f'{name}: f64' for name in helper.parameters])} -> f64 {{",
            *self.statements(helper.body.statements, "    "),
            f"    {helper.body.outputs[0]}",
            "}",
            "",
        ]

    def file(self, source: Source) -> str:
        """The function, and a test module."""
        lines = self.opening(source)
        lines += [f"/// {source.summary}.", *self._allowed(source), *self._head(source)]
        lines += [f"    let _ = {name};" for name in source.unused]
        lines += [*self.statements(source.body.statements, "    "), *self._results(source), "}", "", self._test(source)]
        return "\n".join(lines)

    def _allowed(self, source: Source) -> list[str]:
        """What the compiler would say of names and numbers that are the user's own."""
        lints = ["non_snake_case"] * any(name != name.lower() for name in (source.name, *source.parameters))
        lints += ["clippy::too_many_arguments"] * (source.size > MOST_ARGUMENTS)
        text = "\n".join([*self.statements(source.body.statements, ""), *source.body.outputs])
        lints += ["clippy::neg_cmp_op_on_partial_ord", "clippy::nonminimal_bool"] * ("!(" in text)  # NaN is meant
        lints += ["clippy::if_same_then_else"] * (_SAME_BLOCKS.search(text) is not None)
        return [f"#[allow({', '.join(lints)})]"] if lints else []

    def _head(self, source: Source) -> list[str]:
        size = source.size
        results = ["f64", f"[f64; {size}]", f"[[f64; {size}]; {size}]"][: source.order + 1]
        result = results[0] if source.order == 0 else f"({', '.join(results)})"
        parameters = [f"{name}: f64" for name in source.parameters]
        line = f"pub fn {call_of(source.name, parameters)} -> {result} {{"
        return [line] if len(line) <= WIDTH else [f"pub fn {source.name}(", *listed(parameters, "    "), f") -> {result} {{"]

    def _results(self, source: Source) -> list[str]:
        if source.order == 0:
            return [f"    {source.value}"]
        lines = [
            "    (",
            f"        {source.value},",
            "        [",
            *(f"            {text}," for text in source.gradient),
            "        ],",
        ]
        if source.order == 2:
            lines += ["        [", *(f"            [{', '.join(row)}]," for row in source.hessian), "        ],"]
        return [*lines, "    )"]

    def _test(self, source: Source) -> str:
        call = call_of(source.name, [f"at[{k}]" for k in range(source.size)])
        return TEST.format(
            labels="\n".join(bracketed("let labels = [", (f'"{label}"' for label in source.labels), "];", " " * 8)),
            about=ABOUT,
            size=source.size,
            outputs=len(source.labels),
            points=len(source.cases),
            cases="\n".join(
                line
                for case in source.cases
                for line in ["            (", *_list(case.at), *_list(case.expected), *_list(case.tolerance), "            ),"]
            ),
            actual="\n".join(f"            {line}" for line in ACTUAL[source.order].format(call=call).splitlines()),
        )


def _constant(value: float) -> str:
    """A literal with its sign; the constants that Rust has by their names, which Clippy asks for."""
    if abs(value) not in CONSTANTS:
        return repr(value)
    return "-" * (value < 0) + f"std::f64::consts::{CONSTANTS[abs(value)]}"


def _list(values: Sequence[float]) -> list[str]:
    return bracketed("[", map(_constant, values), "],", " " * 16)
