"""Source code as a page and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivkit.render.message import printable

if TYPE_CHECKING:
    from derivkit.codegen.source import CodeAnswer
    from derivkit.render.page import Page


def page(answer: CodeAnswer) -> Page:
    """The source text as it is."""
    return answer.code.splitlines()


def saved(answer: CodeAnswer, path: str) -> Page:
    """One line that says what was written where."""
    return [f"{printable(path)}: written for --lang {answer.language}"]


def document(answer: CodeAnswer) -> dict[str, Any]:
    """The document of `codegen`."""
    return {
        "expression": answer.expression,
        "language": answer.language,
        "code": answer.code,
        "order": answer.order,
        "variables": answer.variables,
        "self_test": [
            {"at": one.at, "value": one.value, "gradient": one.gradient, "hessian": one.hessian} for one in answer.self_test
        ],
    }
