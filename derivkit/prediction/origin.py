"""Where a model comes from: the rows, the options and the checked gradient that it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivkit.data.validate import fields_of, is_finite, refuse, text_of

if TYPE_CHECKING:
    from derivkit.blackbox.result import GradientVerdict
    from derivkit.records import Verdict

COUNTS = ("n_rows", "n_dropped", "n_test", "iterations")
CHECKED = {"verdict", "reason", "message", "points"}


@dataclass(frozen=True, slots=True)
class Origin:
    """How a model was made.

    Attributes
    ----------
    version : str
        derivkit's.
    n_rows, n_dropped : int
        Rows that were used, those of a test included, and others.
    n_test : int
        Rows that were kept from the fit.
    iterations : int
    reason : str
        How the fit ended.
    options : mapping of str to plain values
        What was asked for, seeds among it.
    gradient_check : mapping
        The verdict on the gradient before the first step: verdict, reason, message, points.
    """

    version: str
    n_rows: int
    n_dropped: int
    n_test: int
    iterations: int
    reason: str
    options: Mapping[str, Any]
    gradient_check: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """In plain JSON types, but for the version, which stands at a file's head."""
        counts = {name: getattr(self, name) for name in COUNTS}
        check = dict(self.gradient_check)
        return {**counts, "reason": self.reason, "options": dict(self.options), "gradient_check": check}

    @classmethod
    def from_dict(cls, document: object, version: str) -> Origin:
        """The origin that `to_dict` wrote.

        Raises
        ------
        DataError
            If a key is absent or holds what it may not; the message names it.
        """
        known = fields_of(document, "origin", {*COUNTS, "reason", "options", "gradient_check"})
        for name in COUNTS:
            count = known[name]
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                refuse(f"origin.{name}", count, "a whole number that is not negative")
        check = fields_of(known["gradient_check"], "origin.gradient_check", CHECKED)
        if check["verdict"] != "agree":
            refuse("origin.gradient_check.verdict", check["verdict"], "agree: no other gradient is trained with")
        text_of(known["reason"], "origin.reason")
        if not isinstance(known["options"], dict):
            refuse("origin.options", known["options"], "an object")
        _check_plain(known["options"], "origin.options")
        _check_plain(check, "origin.gradient_check")
        counts = {name: int(known[name]) for name in COUNTS}
        return cls(version=version, **counts, reason=known["reason"], options=known["options"], gradient_check=check)


def checked(verdict: Verdict | GradientVerdict) -> dict[str, Any]:
    """A verdict as a model keeps it; that of a whole gradient was reached at one point."""
    kept = {name: getattr(verdict, name) for name in ("verdict", "reason", "message")}
    return {**kept, "points": getattr(verdict, "points", 1)}


def plain(value: Any) -> Any:
    """Tuples as lists, mappings as dicts."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _check_plain(value: object, where: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _check_plain(item, f"{where}.{key}")
    elif isinstance(value, list):
        for k, item in enumerate(value):
            _check_plain(item, f"{where}[{k}]")
    elif not (value is None or isinstance(value, str | bool) or is_finite(value)):
        refuse(where, value, "a finite number, a text, true, false or null")
