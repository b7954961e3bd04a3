"""Every error a user can cause, as one small tree.

A message says what was given, where, and what is allowed; the hint makes one suggestion. The command line turns an error
into one line and an exit status; nothing else in the project prints or exits.
"""

from __future__ import annotations


class DerivkitError(Exception):
    """Base of every error derivkit raises on purpose.

    Parameters
    ----------
    message : str
        One sentence: what was given, where, what is allowed.
    hint : str, optional
        One suggestion.
    text : str, optional
        The text in which the error lies.
    span : (int, int), optional
        Half-open range of code points of `text`.
    """

    code = "error"
    exit_status = 2

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        text: str | None = None,
        span: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.text = text
        self.span = span


class ParseError(DerivkitError):
    """The text is not an expression of derivkit's language."""

    code = "syntax"


class UnknownNameError(ParseError):
    """A call to a function that the table does not have."""

    code = "unknown_name"


class ArityError(ParseError):
    """A function called with the wrong number of arguments."""

    code = "arity"


class ForbiddenCharacterError(ParseError):
    """A control or bidirectional character in the text."""

    code = "forbidden_character"


class UsageError(DerivkitError):
    """The options do not fit together or lack something."""

    code = "usage"


class PointError(DerivkitError):
    """A point that leaves out a variable, names a strange one, or holds no finite number."""

    code = "point"


class FileError(DerivkitError):
    """A file that cannot be read or written."""

    code = "file"


class DataError(DerivkitError):
    """A table whose contents cannot be used."""

    code = "data"


class Refusal(DerivkitError):
    """The input is well formed, but there is no answer that could be trusted."""

    code = "refused"
    exit_status = 3


class BudgetError(Refusal):
    """The answer would need more time, memory or digits than allowed."""

    code = "budget"


class MissingRuleError(Refusal):
    """A derivative with respect to an argument for which no rule is known."""

    code = "no_rule"


class ConversionError(Refusal):
    """A SymPy expression that derivkit's language cannot say."""

    code = "conversion"
