"""Fortran 2008."""

from __future__ import annotations

from collections.abc import Sequence

from derivkit.codegen.language import ABOUT, Language, Text, call_of
from derivkit.codegen.program import Logic
from derivkit.codegen.source import Body, Helper, Source

_WORDS = """
allocatable allocate assign associate asynchronous backspace bind block call case character class close codimension
common complex concurrent contains contiguous continue critical cycle data deallocate default deferred dimension do
double elemental else elseif elsewhere end endif enddo endfile entry enum enumerator equivalence error exit extends
external final flush forall format function generic goto if images implicit import impure in include inout inquire
integer intent interface intrinsic kind len lock logical memory module namelist non_overridable none nopass nullify only
open operator optional out parameter pass pause pointer precision print private procedure program protected public pure
read real recursive result return rewind save select sequence stop submodule subroutine sync target then to type unlock
use value volatile wait where while write gradient hessian dp self_test ieee_value ieee_quiet_nan merge abs sqrt exp log
log10 sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh aint anint min max mod modulo sign floor ceiling
int nint hypot erf erfc erfc_scaled gamma log_gamma bessel_j0 bessel_j1 bessel_jn bessel_y0 bessel_y1 bessel_yn dble
"""
WIDTH = 100  # the standard allows 132 columns
TEST = """\
#ifdef DERIVKIT_SELF_TEST
! {about}
program self_test
    use {module}, only: {name}
    implicit none
    integer, parameter :: dp = kind(1.0d0)
    character(len=*), parameter :: labels(*) = [character(len={longest}) :: {labels}]
    integer :: failures = 0
{calls}
    if (failures > 0) stop 1
    print '(a)', 'OK'
contains
    subroutine compare(at, expected, tolerance)
        real(dp), intent(in) :: at(:), expected(:), tolerance(:)
        real(dp) :: actual({outputs})
        integer :: k
{actual}
        do k = 1, size(actual)
            if (.not. abs(actual(k) - expected(k)) <= tolerance(k)) then
                print *, trim(labels(k)), ' at ', at, ' is ', actual(k), ', expected ', expected(k)
                failures = failures + 1
            end if
        end do
    end subroutine compare
end program self_test
#endif
"""


class Fortran(Language):
    """Fortran 2008: a module with a pure subroutine, or a pure function where only the value is wanted."""

    name = "fortran"
    title = "Fortran"
    extension = "F90"
    reserved = frozenset(_WORDS.split())
    tells_case_apart = False
    prefix = "{name}_"
    line_comment = "! "
    symbols = {"!=": "/="}  # noqa: RUF012  # typed in the base
    logic = {Logic.NOT: ".not. ", Logic.AND: " .and. ", Logic.OR: " .or. "}  # noqa: RUF012  # typed in the base
    true = ".true."
    false = ".false."
    nan = "ieee_value(1.0_dp, ieee_quiet_nan)"
    run = "gfortran -DDERIVKIT_SELF_TEST {file} && ./a.out"

    def number(self, value: float) -> Text:
        """A literal of double precision."""
        text = super().number(value).text
        return Text(text if value != value else f"{text}_dp")

    def choose(self, condition: Text, x: Text, y: Text) -> Text:
        """One of two values, both of which are computed."""
        return Text(f"merge({x.text}, {y.text}, {condition.text})")

    def helper(self, helper: Helper) -> list[str]:
        """A private function."""
        return [
            f"    ! {helper.title}",
            *_procedure(helper.name, helper.parameters, helper.body, [f"value = {helper.body.outputs[0]}"]),
            "",
        ]

    def file(self, source: Source) -> str:
        """The module, and a program behind a macro."""
        module = f"{source.name}_module"
        ieee = any("ieee_value" in text for body in (source.body, *[one.body for one in source.helpers]) for text in _texts(body))
        lines = [*self.comment(source.head), f"module {module}"]
        lines += ["    use, intrinsic :: ieee_arithmetic, only: ieee_value, ieee_quiet_nan"] * ieee
        lines += ["    implicit none", "    private", f"    public :: {source.name}"]
        lines += ["    integer, parameter :: dp = kind(1.0d0)", "contains"]
        for helper in source.helpers:
            lines += self.helper(helper)
        lines += [f"    ! {source.summary}.", *self._function(source), f"end module {module}", "", self._test(source, module)]
        return "\n".join(folded for line in "\n".join(lines).split("\n") for folded in _folded(line))

    def _function(self, source: Source) -> list[str]:
        size = source.size
        results = [f"value = {source.value}"]
        results += [f"gradient({k + 1}) = {text}" for k, text in enumerate(source.gradient)]
        results += [f"hessian({i + 1}, {j + 1}) = {text}" for i, row in enumerate(source.hessian) for j, text in enumerate(row)]
        arrays = [f"gradient({size})"] * (source.order >= 1) + [f"hessian({size}, {size})"] * (source.order >= 2)
        return _procedure(source.name, source.parameters, source.body, results, arrays)

    def _test(self, source: Source, module: str) -> str:
        size = source.size
        arguments = [f"at({k + 1})" for k in range(size)]
        if source.order == 0:
            actual = [f"actual(1) = {call_of(source.name, arguments)}"]
        else:
            declared = [f"real(dp) :: value, gradient({size})" + f", hessian({size}, {size})" * (source.order == 2)]
            results = ["value", "gradient", "hessian"][: source.order + 1]
            flat = ["value", "gradient", f"reshape(hessian, [{size * size}])"][: source.order + 1]
            actual = [*declared, f"call {call_of(source.name, [*arguments, *results])}", f"actual = [{', '.join(flat)}]"]
        return TEST.format(
            about=ABOUT,
            module=module,
            name=source.name,
            longest=max(map(len, source.labels)),
            labels=", ".join(f"'{label}'" for label in source.labels),
            calls="\n".join(
                f"    call compare({', '.join(_array(one) for one in (case.at, case.expected, case.tolerance))})"
                for case in source.cases
            ),
            outputs=len(source.labels),
            actual="\n".join(f"        {line}" for line in actual),
        )


def _procedure(name: str, parameters: Sequence[str], body: Body, results: Sequence[str], arrays: Sequence[str] = ()) -> list[str]:
    """A function of the value alone, or a subroutine with arrays for derivatives."""
    kind = "subroutine" if arrays else "function"
    outputs = ["value", *[array.partition("(")[0] for array in arrays]] if arrays else []
    declared = [f"real(dp), intent(in) :: {', '.join(parameters)}"] if parameters else []
    declared += [f"real(dp), intent(out) :: {', '.join(['value', *arrays])}" if arrays else "real(dp) :: value"]
    declared += [f"real(dp) :: {', '.join(body.temporaries)}"] if body.temporaries else []
    assigned = [f"{one.name} = {one.text}" for one in body.statements]  # type: ignore[union-attr]  # no branches here
    return [
        f"    pure {kind} {call_of(name, [*parameters, *outputs])}{'' if arrays else ' result(value)'}",
        *(f"        {line}" for line in (*declared, *assigned, *results)),
        f"    end {kind} {name}",
    ]


def _texts(body: Body) -> list[str]:
    return [*body.outputs, *[one.text for one in body.statements]]  # type: ignore[union-attr]  # no branches here


def _array(values: Sequence[float]) -> str:
    return f"[{', '.join(f'{value!r}_dp' for value in values)}]" if values else "[real(dp) ::]"


def _folded(line: str) -> list[str]:
    """A line as several, each but the last with the mark of continuation at its end."""
    if len(line) <= WIDTH or line.lstrip().startswith(("!", "#")):
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    lines = []
    while len(line) > WIDTH and (cut := line.rfind(" ", len(indent), WIDTH - 2)) > 0:
        lines.append(f"{line[:cut]} &")
        line = indent + line[cut + 1 :]
    return [*lines, line]
