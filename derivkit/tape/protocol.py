"""How NumPy's calls reach tensors: `__array_ufunc__` and `__array_function__`, which `operators.py` gives them."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from derivkit.tape.elementwise import ELEMENTWISE, PLAIN, of_ufunc
from derivkit.tape.faces import FACES, OUT, face_of
from derivkit.tape.operation import missing_rule
from derivkit.tape.tensor import Tensor, apply, plain, tracked


def array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """A universal function of tensors: recorded by its rule, or by the face of NumPy's function."""
    if method != "__call__" or options:
        return _unusual(ufunc, method, inputs, options)
    operation = ELEMENTWISE.get(ufunc) or of_ufunc(ufunc)
    if operation is not None:
        return apply(operation, inputs)
    face = face_of(ufunc)
    return _without_rule(ufunc, inputs) if face is None else face(*inputs)


def array_function(self: Tensor, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Another function of NumPy of tensors: by its face."""
    face = FACES.get(function) or face_of(function)
    if face is None:
        return _without_face(function, args, kwargs)
    if kwargs and kwargs.get("out") is not None:
        refuse_out()
    if len(args) > 1 and OUT.get(function, len(args)) < len(args) and args[OUT[function]] is not None:
        refuse_out()
    return face(*args, **kwargs)


def _without_rule(ufunc: Any, inputs: tuple[Any, ...]) -> Any:
    if ufunc in PLAIN or not any(map(tracked, inputs)):
        return ufunc(*map(plain, inputs))
    return missing_rule(_full_name(ufunc))


def _without_face(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    stack = [*args, *kwargs.values()]
    while stack:
        item = stack.pop()
        if tracked(item):
            missing_rule(_full_name(function))
        if isinstance(item, list | tuple):
            stack.extend(item)
    return function(*map(plain, args), **{name: plain(value) for name, value in kwargs.items()})


def _unusual(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A universal function with `out`, `where` or another option, or one of its methods."""
    if not any(map(tracked, inputs)) and not any(isinstance(out, Tensor) for out in options.get("out", ())):
        return getattr(ufunc, method)(*map(plain, inputs), **options)
    if options.get("out", (None,))[0] is not None:
        refuse_out()
    options.pop("out", None)
    if method == "outer" and not options:
        a, b = inputs
        return ufunc(np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b))), b)
    face = face_of(ufunc if method == "__call__" else getattr(ufunc, method))
    if face is None:
        missing_rule(f"{_full_name(ufunc)}{'' if method == '__call__' else '.' + method} with {', '.join(options) or 'tensors'}")
    return face(*inputs, **options)


def refuse_out() -> NoReturn:
    """Raise the error for results that are to be written into an existing array."""
    raise TypeError(
        "out= and in-place operators would write a tracked result into a plain array; use the returned value, y = y + t"
    )


def _full_name(function: Any) -> str:
    module = getattr(function, "__module__", None) or "numpy"
    module = "scipy.special" if module.startswith("scipy.special") else module
    return f"{module}.{function.__name__}"
