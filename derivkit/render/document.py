"""JSON documents: strict, at full double precision, non-finite numbers as strings."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivkit.errors import DerivkitError
from derivkit.render.message import shortened

if TYPE_CHECKING:
    from derivkit.records import DerivativeAnswer, Enclosure, Evidence, JacobianAnswer, Kink, RouteReport, Verdict

Document = dict[str, Any]


def dumps(document: Mapping[str, Any]) -> str:
    """One strict JSON document, in ASCII, so that no encoding and no terminal can spoil it.

    Examples
    --------
    >>> from derivkit.render.document import dumps
    >>> print(dumps({"value": float("-inf"), "error": 0.1}))
    {
      "value": "-Infinity",
      "error": 0.1
    }
    """
    return json.dumps(strict(document), indent=2, allow_nan=False)


def strict(value: Any) -> Any:
    """The value with non-finite floats as strings, lone surrogates replaced, and tuples and mappings as lists and dicts."""
    if isinstance(value, Mapping):
        return {strict(str(key)): strict(item) for key, item in value.items()}
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Sequence):
        return [strict(item) for item in value]
    return value


def given(parameters: Mapping[str, Any]) -> Document:
    """The `input` of a document: the parameters as given, long texts cut."""
    cut = {name: shortened(value) if isinstance(value, str) else value for name, value in parameters.items()}
    return {name: [shortened(str(v)) for v in value] if isinstance(value, list | tuple) else value for name, value in cut.items()}


def error(problem: DerivkitError) -> Document:
    """The `error` of a document that could not be made."""
    return {"code": problem.code, "message": shortened(problem.message), "hint": problem.hint, "span": problem.span}


def formula(shown: Any) -> Document:
    """A formula: text that derivkit reads back, and LaTeX."""
    return {"text": shown.text, "latex": shown.latex}


def check(verdict: Verdict | None) -> Document | None:
    """A verdict with the evidence of every route; None where nothing was checked."""
    if verdict is None:
        return None
    return {
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "message": verdict.message,
        "points": verdict.points,
        "odd_one_out": verdict.odd_one_out,
        "cause": verdict.cause,
        "witness": verdict.witness,
        "routes": [_route(report) for report in verdict.routes],
        "kink": verdict.kink and _kink(verdict.kink),
    }


def whole_check(verdict: Verdict) -> Document:
    """A verdict with everything that stands behind it."""
    return {
        **(check(verdict) or {}),
        "agreements": [
            {"routes": pair.routes, "verdict": pair.verdict, "independent": pair.independent} for pair in verdict.agreements
        ],
        "entries": [{"wrt": entry.wrt, "routes": [_route(report) for report in entry.routes]} for entry in verdict.entries],
        "evidence": verdict.evidence and _evidence(verdict.evidence),
    }


def _kink(kink: Kink) -> Document:
    return {
        "wrt": kink.wrt,
        "left": kink.left,
        "right": kink.right,
        "interval": kink.interval,
        "subgradient": kink.subgradient,
        "conventions": kink.conventions,
    }


def _evidence(evidence: Evidence) -> Document:
    value, derivative = evidence.digits_lost
    return {
        "wrt": evidence.wrt,
        "at": evidence.at,
        "taylor_order": evidence.taylor_order,
        "digits_lost": {"value": value, "derivative": derivative},
        "slopes": dict(zip(("truncation", "rounding"), evidence.slopes, strict=True)),
        "steps": [{"step": one.step, "truncation": one.truncation, "rounding": one.rounding} for one in evidence.steps],
    }


def _route(report: RouteReport) -> Document:
    return {
        "name": report.name,
        "max_relative_error": report.max_relative_error,
        "error_bound": report.error_bound,
        "worst_at": report.worst_at,
        "note": report.note,
    }


def derivative(answer: DerivativeAnswer) -> Document:
    """The document of `diff`."""
    return {
        "expression": formula(answer.expression),
        "wrt": answer.wrt,
        "derivative": formula(answer.derivative),
        "at": answer.at or {},
        "value": answer.value,
        **_bounds(answer.enclosure),
        "check": check(answer.check),
    }


def gradient(answer: JacobianAnswer) -> Document:
    """The document of `grad`."""
    entries = _entries(answer)[0] if answer.formulas else []
    return {
        "expression": formula(answer.outputs[0]),
        "gradient": [{"wrt": name, **entry} for name, entry in zip(answer.variables, entries, strict=True)],
        "at": answer.at or {},
        "function_value": answer.function_values[0],
        "check": check(answer.check),
    }


def hessian(answer: JacobianAnswer) -> Document:
    """The document of `hessian`."""
    return {
        "expression": formula(answer.outputs[0]),
        "variables": answer.variables,
        "hessian": _entries(answer),
        "at": answer.at or {},
        "function_value": answer.function_values[0],
        "check": check(answer.check),
    }


def jacobian(answer: JacobianAnswer) -> Document:
    """The document of `jacobian`."""
    return {
        "outputs": [formula(output) for output in answer.outputs],
        "variables": answer.variables,
        "jacobian": _entries(answer),
        "at": answer.at or {},
        "function_values": answer.function_values,
        "check": check(answer.check),
    }


def _entries(answer: JacobianAnswer) -> list[list[Document]]:
    proved = answer.enclosures or tuple((None,) * len(row) for row in answer.values)
    return [
        [{**formula(f), "value": value, **_bounds(bounds)} for f, value, bounds in zip(formulas, values, row, strict=True)]
        for formulas, values, row in zip(answer.formulas, answer.values, proved, strict=True)
    ]


def _bounds(proved: Enclosure | None) -> Document:
    """Keys for proved bounds, where there are any."""
    return {} if proved is None else {"enclosure": [proved.low, proved.high], "enclosure_error": proved.error}
