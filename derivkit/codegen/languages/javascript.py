"""JavaScript, as an ES module."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.codegen.language import ABOUT, WIDTH, Assignment, Language, Text, bracketed, call_of, listed
from derivkit.codegen.source import Helper, Source
from derivkit.functions import Row

_WORDS = """
arguments async await break case catch class const continue debugger default delete do else enum eval export extends
false finally for function if implements import in instanceof interface let new null of package private protected public
return static super switch this throw true try typeof undefined var void while with yield abstract boolean byte char
double final float goto int long native short synchronized throws transient volatile get set Math NaN Infinity Number
Object Array globalThis process console value gradient hessian selfTest
"""
TEST = """\
// Compares with values from 50-digit arithmetic.
function selfTest() {{
{labels}
  // {about}
  const cases = [
{cases}
  ];
  let failures = 0;
  for (const {{ at, expected, tolerance }} of cases) {{
{actual}
    labels.forEach((label, k) => {{
      if (!(Math.abs(actual[k] - expected[k]) <= tolerance[k])) {{
        console.log(`${{label}} at ${{at}} is ${{actual[k]}}, expected ${{expected[k]}}`);
        failures++;
      }}
    }});
  }}
  if (failures === 0) console.log("OK");
  process.exitCode = failures === 0 ? 0 : 1;
}}

if (globalThis.process?.argv?.[1]) {{
  const {{ realpathSync }} = await import("node:fs");
  const {{ pathToFileURL }} = await import("node:url");
  if (import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) selfTest();
}}
"""
ACTUAL = {
    0: "const actual = [{name}(...at)];",
    1: "const {{ value, gradient }} = {name}(...at);\n    const actual = [value, ...gradient];",
    2: "const {{ value, gradient, hessian }} = {name}(...at);\n    const actual = [value, ...gradient, ...hessian.flat()];",
}


class JavaScript(Language):
    """JavaScript: an object of numbers and arrays."""

    name = "javascript"
    title = "JavaScript"
    extension = "mjs"
    reserved = frozenset(_WORDS.split())
    spaces_products = True
    symbols = {"==": "===", "!=": "!=="}  # noqa: RUF012  # typed in the base
    run = "node {file}"

    def native(self, row: Row) -> str:
        """What `Math` calls it."""
        name = super().native(row)
        return f"Math.{name}" if name else ""

    def number(self, value: float) -> Text:
        """Integers without a point."""
        return Text(super().number(value).text.removesuffix(".0"))

    def assign(self, assignment: Assignment) -> str:
        """A constant."""
        return f"const {assignment.name} = {assignment.text};"

    def helper(self, helper: Helper) -> list[str]:
        """A function that is not exported."""
        return [
            f"// {helper.title}",
            f"function {call_of(helper.name, helper.parameters)} {{",
            *self.statements(helper.body.statements, "  "),
            f"  return {helper.body.outputs[0]};",
            "}",
            "",
        ]

    def file(self, source: Source) -> str:
        """The function, and a test that runs with the file."""
        lines = self.opening(source)
        head = f"export function {call_of(source.name, source.parameters)} {{"
        lines += [head] if len(head) <= WIDTH else [f"export function {source.name}(", *listed(source.parameters, "  "), ") {"]
        lines += [*self.statements(source.body.statements, "  "), *self._results(source), "}", "", self._test(source)]
        return "\n".join(lines)

    def _results(self, source: Source) -> list[str]:
        if source.order == 0:
            return [f"  return {source.value};"]
        lines = [
            "  return {",
            f"    value: {source.value},",
            "    gradient: [",
            *(f"      {text}," for text in source.gradient),
            "    ],",
        ]
        if source.order == 2:
            lines += ["    hessian: [", *(f"      [{', '.join(row)}]," for row in source.hessian), "    ],"]
        return [*lines, "  };"]

    def _test(self, source: Source) -> str:
        return TEST.format(
            labels="\n".join(bracketed("const labels = [", (f'"{label}"' for label in source.labels), "];", "  ")),
            about=ABOUT,
            cases="\n".join(
                line
                for case in source.cases
                for line in [
                    "    {",
                    *_field("at", case.at),
                    *_field("expected", case.expected),
                    *_field("tolerance", case.tolerance),
                    "    },",
                ]
            ),
            actual="    " + ACTUAL[source.order].format(name=source.name),
        )


def _field(name: str, values: Sequence[float]) -> list[str]:
    return bracketed(f"{name}: [", map(repr, values), "],", " " * 6)
