"""Derivative rules that users write for functions of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from derivkit.tape.data import real
from derivkit.tape.operation import Structural
from derivkit.tape.tensor import apply, plain, tracked


def custom(f: Callable[..., Any], *, vjp: Callable[..., Any], jvp: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """A function with the values of `f` and a derivative rule of one's own.

    Parameters
    ----------
    f : callable
        Of arrays; it is called on plain arrays and may do anything, outside NumPy too. Its value is one array.
    vjp : callable
        `vjp(g, answer, *args)` returns one cotangent an argument, as a tuple (of one argument: alone, if you like); None for an
        argument without derivative. Written with NumPy's functions, it can be differentiated again. It writes into no array
        that it is given, because others may hold it too.
    jvp : callable, optional
        `jvp(vs, answer, *args)` returns the tangent of the answer, from a tuple with the tangents of the arguments, zeros included;
        by default forward mode transposes `vjp`.

    Returns
    -------
    callable
        Of the same arguments; keyword arguments are handed to `f` and to the rules as they are.

    Examples
    --------
    >>> import math
    >>> from derivkit import tape
    >>> cosine = tape.custom(lambda x: math.cos(x), vjp=lambda g, answer, x: -g * np.sin(x))
    >>> import numpy as np
    >>> float(tape.grad(cosine)(0.0)), float(tape.grad(tape.grad(cosine))(0.0))
    (-0.0, -1.0)
    """
    name = getattr(f, "__name__", repr(f))

    def function(*args: Any, **kwargs: Any) -> Any:
        return real(f(*args, **kwargs), copy=True)  # it may return its argument, or the same buffer every time

    def pull(k: int, g: Any, y: Any, /, *args: Any, **kwargs: Any) -> Any:
        found = vjp(g, y, *args, **kwargs)
        if not isinstance(found, tuple | list):
            found = (found,)
        if len(found) != len(args):
            raise ValueError(f"the rule of {name} returned {len(found)} cotangents for {len(args)} arguments")
        return _checked(found[k], args[k], f"the rule of {name}")

    def push(k: int, v: Any, y: Any, /, *args: Any, **kwargs: Any) -> Any:
        if jvp is not None:
            return jvp(tuple([v if j == k else np.zeros_like(plain(arg)) for j, arg in enumerate(args)]), y, *args, **kwargs)
        return _transposed(lambda g: pull(k, g, y, *args, **kwargs), v, y)

    operation = Structural(name, function, pull, push)

    @wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        for key, value in kwargs.items():
            if tracked(value):
                raise TypeError(f"{name} takes tracked tensors by position: {key} was given as a keyword, which gets no derivative")
        return apply(operation, args, kwargs)

    return call


def _checked(cotangent: Any, arg: Any, rule: str) -> Any:
    if cotangent is None:
        return np.zeros_like(plain(arg))
    if np.shape(cotangent) != np.shape(arg):
        raise ValueError(f"{rule} returned a cotangent of shape {np.shape(cotangent)} for an argument of shape {np.shape(arg)}")
    return cotangent


def _transposed(pull: Callable[[Any], Any], v: Any, y: Any) -> Any:
    """The tangent that a cotangent's rule, which is linear, implies: the derivative of <v, pull(g)> with respect to g."""
    from derivkit.tape.transforms import grad

    return grad(lambda g: np.sum(v * pull(g)))(np.zeros_like(plain(y)))
