"""Names in other languages: checked where a user chose them, changed where a language has a use for them already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivkit.codegen.language import Language
from derivkit.errors import UsageError
from derivkit.expression.lexer import shortened

LONGEST = 60  # Fortran's compilers take 63 characters
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STRANGE = re.compile(r"[^A-Za-z0-9_]")
_TEMPORARIES = ("t", "u", "w", "tmp", "temporary")


class Names:
    """The names taken in one scope of a source text.

    Parameters
    ----------
    language : Language
    taken : iterable of str
        Beside the language's own words.
    """

    def __init__(self, language: Language, taken: Iterable[str] = ()) -> None:
        self._language = language
        self._taken = {self._key(name) for name in (*language.reserved, *taken)}

    def _key(self, name: str) -> str:
        return name if self._language.tells_case_apart else name.lower()

    def claim(self, wanted: str) -> str:
        """A free identifier that looks like a name: `lambda` becomes `lambda_`; letters beyond ASCII become their numbers."""
        plain = _STRANGE.sub(lambda match: f"u{ord(match.group()):04x}", wanted)[:LONGEST]
        name, tries = plain, 1
        while self._key(name) in self._taken:
            name = f"{plain}_" if tries == 1 else f"{plain}_{tries}"
            tries += 1
        self._taken.add(self._key(name))
        return name

    def temporaries(self) -> str:
        """A prefix that, with a number behind it, is no name that is taken."""
        for prefix in _TEMPORARIES:
            if not any(re.fullmatch(rf"{prefix}\d+", name, re.IGNORECASE) for name in self._taken):
                return prefix
        return self.claim("temporary_")


def function_name(name: str, language: Language) -> str:
    """The name that a user chose for the function, if it can be one.

    Raises
    ------
    UsageError
        If the language takes no such name, or has a use for it.
    """
    shown = shortened(name, 40) or "nothing"
    if not _IDENTIFIER.fullmatch(name) or name[0] == "_" or len(name) > LONGEST:
        raise UsageError(
            f"--name {shown} cannot be the name of a function in {language.title}",
            hint=f"write a letter, then at most {LONGEST - 1} letters, digits and underscores: --name f",
        )
    if Names(language).claim(name) != name:
        raise UsageError(f"--name {shown} has a meaning in {language.title} already", hint=f"write --name {name}_")
    return name
