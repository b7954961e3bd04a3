"""The languages by name."""

from __future__ import annotations

from derivkit.codegen.language import Language
from derivkit.codegen.languages.c import C
from derivkit.codegen.languages.fortran import Fortran
from derivkit.codegen.languages.javascript import JavaScript
from derivkit.codegen.languages.julia import Julia
from derivkit.codegen.languages.numpy import NumPy
from derivkit.codegen.languages.python import Python
from derivkit.codegen.languages.rust import Rust

LANGUAGES: dict[str, Language] = {
    language.name: language for language in (C(), Python(), NumPy(), JavaScript(), Julia(), Rust(), Fortran())
}
