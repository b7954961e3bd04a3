"""The steps of a program as C, in a loop over points."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.codegen.language import Text, needs_name
from derivkit.codegen.languages.c import C
from derivkit.codegen.library import Library
from derivkit.codegen.program import Program
from derivkit.codegen.targets import LANGUAGES
from derivkit.errors import Refusal
from derivkit.expression.arithmetic import NEGATE, POWER, WHERE
from derivkit.functions import Row, table
from derivkit.program.steps import Steps
from derivkit.program.terms import Terms

BLOCK = 1024  # points; a variable with one value for all of them is given as an array of so many
SHARE = 16384  # points that a thread takes at a time, and from which another thread pays; whole blocks
MOST = 256  # threads
COMPARISONS = {row.name: row.operator.symbol for row in table() if row.boolean and row.operator}

OVERFLOWING = ("beta", "binomial")  # whose formulas do where NumPy's routines do not

# glibc's functions of vectors: GCC calls them where a function is declared to have such a clone.
HEAD = """\
#include <math.h>
#include <pthread.h>
#include <stddef.h>

#if defined(VECTORS) && defined(__GLIBC__) && defined(__x86_64__) && __GNUC__ >= 5 && !defined(__clang__)
#define ONE(name) double name(double) __attribute__((const, simd("notinbranch")));
#define TWO(name) double name(double, double) __attribute__((const, simd("notinbranch")));
#if __GLIBC_PREREQ(2, 22)
ONE(exp) ONE(log) ONE(sin) ONE(cos) TWO(pow)
#endif
#if __GLIBC_PREREQ(2, 35)
ONE(expm1) ONE(log1p) ONE(log2) ONE(log10) ONE(cbrt) TWO(hypot) ONE(tan) ONE(asin) ONE(acos) ONE(atan) TWO(atan2)
ONE(sinh) ONE(cosh) ONE(tanh) ONE(asinh) ONE(acosh) ONE(atanh) ONE(erf) ONE(erfc)
#endif
#endif

#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

/* Truth values are 1 and 0, and NaN of NaN, which selects nothing. */
static inline double f_where(double c, double x, double y) { return c != c ? NAN : c != 0 ? x : y; }
static inline double f_power(double x, double y) { return x != x ? x : y != y ? y : pow(x, y); }
"""
COMPARISON = "static inline double f_{name}(double x, double y) {{ return x != x || y != y ? NAN : x {symbol} y ? 1.0 : 0.0; }}"
ROUTINE = """\

typedef struct {{
    ptrdiff_t points, next;
    const double *const *columns;
    const ptrdiff_t *steps;
    double *const *results;
}} work;

static void block(const work *w, ptrdiff_t start, ptrdiff_t n)
{{
{pointers}
    INDEPENDENT
    for (ptrdiff_t k = 0; k < n; k++) {{
{body}
    }}
}}

static void *blocks(void *given)
{{
    work *const w = given;
    ptrdiff_t first;
    while ((first = __atomic_fetch_add(&w->next, {share}, __ATOMIC_RELAXED)) < w->points)
        for (ptrdiff_t k = first; k < first + {share} && k < w->points; k += {block})
            block(w, k, w->points - k < {block} ? w->points - k : {block});
    return NULL;
}}

void f(ptrdiff_t points, ptrdiff_t threads, const double *const *columns, const ptrdiff_t *steps, double *const *results)
{{
    work w = {{points, 0, columns, steps, results}};
    pthread_t others[{most}];
    int count = 0;
    while (count < threads - 1 && count < {most} && !pthread_create(&others[count], NULL, blocks, &w))
        count++;
    blocks(&w);
    while (count)
        pthread_join(others[--count], NULL);
}}
"""


def loop(terms: Terms, outputs: Sequence[int], variables: Sequence[str]) -> str:
    """The source of `f`, which computes some nodes at some points, in some threads.

    Parameters
    ----------
    terms : Terms
    outputs : sequence of int
    variables : sequence of str

    Returns
    -------
    str

    Raises
    ------
    Refusal
        If C lacks a function.
    """
    steps = Steps(terms, outputs).in_depth()
    weak = next((row for _, row, _ in steps.steps if isinstance(row, Row) and row.name in OVERFLOWING), None)
    if weak is not None:
        raise Refusal(f"C has no {weak.name} that would not overflow")
    program, nodes = _program(steps)
    library = Library(C(), program, "f", LANGUAGES.values())
    values = dict(zip(steps.constants.values(), map(_number, steps.constants), strict=True))
    body = [f"const double v{slot} = x{variables.index(name)}[k];" for name, slot in steps.inputs.items()]
    for out, row, inputs in steps.steps:
        assert isinstance(row, Row)  # sums are steps of two
        texts = tuple([Text(values.get(i, f"v{i}")) for i in inputs])
        body.append(f"const double v{out} = {_text(row, texts, library, program, tuple([nodes[i] for i in inputs]))};")
    body += [f"r{k}[k] = {values.get(slot, f'v{slot}')};" for k, slot in enumerate(steps.outputs)]
    used = [variables.index(name) for name in steps.inputs]
    pointers = [f"const double *const x{k} = w->columns[{k}] + start * w->steps[{k}];" for k in used]
    pointers += [f"double *const r{k} = w->results[{k}] + start;" for k in range(len(outputs))]
    lines = [COMPARISON.format(name=name, symbol=symbol) for name, symbol in COMPARISONS.items()]
    for helper in library.helpers():
        lines += C().helper(helper)
    routine = ROUTINE.format(block=BLOCK, share=SHARE, most=MOST - 1, pointers=_indented(pointers, 4), body=_indented(body, 8))
    return HEAD + "\n".join(lines) + routine


def _program(steps: Steps) -> tuple[Program, dict[int, int]]:
    """The steps as nodes, in which functions are looked up, and the node of every value."""
    program = Program()
    nodes = {slot: program.add(name) for name, slot in steps.inputs.items()}
    nodes |= {slot: program.add(value) for value, slot in steps.constants.items()}
    for out, row, inputs in steps.steps:
        nodes[out] = program.add(row, *[nodes[i] for i in inputs])  # type: ignore[arg-type]  # every step is a row
    program.outputs = tuple([nodes[slot] for slot in steps.outputs])
    return program, nodes


def _text(row: Row, texts: tuple[Text, ...], library: Library, program: Program, nodes: tuple[int, ...]) -> str:
    if row is WHERE or row is POWER or row.boolean:
        return f"f_{row.name}({', '.join(x.text for x in texts)})"
    if needs_name(row):
        return library.call(row, texts, program, nodes).text
    if row is NEGATE:
        return f"-{texts[0].text}"
    assert row.operator is not None
    return f"{texts[0].text} {row.operator.symbol} {texts[1].text}"


def _number(value: float) -> str:
    """A double, to the last bit, that may stand beside any operator."""
    if value != value:
        return "NAN"
    return f"({value!r})".replace("inf", "INFINITY")


def _indented(lines: Sequence[str], width: int) -> str:
    return "\n".join(" " * width + line for line in lines)
