"""Derivatives of functions of arrays: functions that take a function and give another.

Every argument that is differentiated may be an array, a number, or tuples, lists and dicts of them; derivatives have its structure,
and each of their arrays the shape and the type of its own argument. All may be nested to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derivkit.tape.calls import Call
from derivkit.tape.forward import push_forward
from derivkit.tape.reverse import pull_back
from derivkit.tape.tensor import Tensor

ArgNum = int | tuple[int, ...]


def value_and_grad(f: Callable[..., Any], argnum: ArgNum = 0) -> Callable[..., tuple[Any, Any]]:
    """A function that computes the value of `f` and its gradient.

    Parameters
    ----------
    f : callable
        Its value is a number.
    argnum : int or tuple of int
        Which positional arguments to differentiate by; several give a tuple of gradients.

    Returns
    -------
    callable
        With the arguments of `f`; gives (value, gradient).

    Raises
    ------
    TypeError
        When called: if the value of `f` is no real number, or an argument is complex.
    NotImplementedError
        When called: if `f` uses an operation without a rule.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> value, gradient = tape.value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    >>> float(value), gradient
    (5.0, array([2., 4.]))
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        with Call(f, args, kwargs, argnum) as call:
            call.require_scalar()
            trace = call.trace()
            outer = trace.outer
            value = call.value(outer)
            found = pull_back(trace, call.taken(), create_graph=outer, keep=outer)
            return value, call.shaped([found.get(node) for node in call.nodes], outer)

    return _named(value_and_gradient, f, "value and gradient")


def grad(f: Callable[..., Any], argnum: ArgNum = 0) -> Callable[..., Any]:
    """A function that computes the gradient of `f`; as `value_and_grad`, without the value.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> float(tape.grad(np.tanh)(0.0))
    1.0
    >>> float(tape.grad(tape.grad(tape.grad(np.sin)))(0.0))
    -1.0
    """
    both = value_and_grad(f, argnum)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return _named(gradient, f, "gradient")


def vjp(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of `f` at `xs`, and the function that pulls a cotangent of it back to the arguments.

    Parameters
    ----------
    f : callable
    *xs : array_like, or trees of them

    Returns
    -------
    value : array, or a tree of them
    pullback : callable
        Of a cotangent in the structure of the value; gives a tuple, one cotangent an argument. It may be called again, and
        differentiated.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> value, pullback = tape.vjp(np.multiply, np.array([1.0, 2.0]), 3.0)
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 3., 30.]), np.float64(21.0))
    """
    with Call(f, xs, {}, tuple(range(len(xs))), copy=True) as call:
        call.require_arrays()
        trace = call.trace()
        outer = trace.outer

        def pullback(g: Any) -> tuple[Any, ...]:
            seeds = call.seeds(g)
            record = outer or any(isinstance(seed, Tensor) for _, seed in seeds)
            found = pull_back(trace, seeds, create_graph=record)
            return call.shaped([found.get(node) for node in call.nodes], record)  # type: ignore[no-any-return]  # a tuple

        return call.value(outer), pullback


def jvp(f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any]) -> tuple[Any, Any]:
    """The value of `f` at `xs`, and its derivative in the direction `vs`, in forward mode.

    Parameters
    ----------
    f : callable
    xs : sequence of array_like, or of trees of them
        The arguments.
    vs : sequence
        Their tangents, in the same structure.

    Returns
    -------
    value, tangent : array, or a tree of them

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> tape.jvp(np.multiply, (np.array([1.0, 2.0]), 3.0), (np.array([1.0, 0.0]), 1.0))
    (array([3., 6.]), array([4., 2.]))
    """
    with Call(f, tuple(xs), {}, tuple(range(len(xs)))) as call:
        call.require_arrays()
        trace = call.trace()
        tangents = call.tangents(vs)
        record = trace.outer or any(isinstance(v, Tensor) for v in tangents.values())
        moved = push_forward(trace, tangents, create_graph=record)
        return call.value(trace.outer), call.moved(moved, record)


def jacobian(f: Callable[..., Any], argnum: ArgNum = 0) -> Callable[..., Any]:
    """A function that computes all derivatives of all elements of `f`.

    It sweeps backward once an output, or forward once an input where those are fewer.

    Parameters
    ----------
    f : callable
    argnum : int or tuple of int

    Returns
    -------
    callable
        With the arguments of `f`; its result has the structure of the value of `f`, then that of the arguments; each array the
        shape of an output followed by that of an argument.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> tape.jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def all_derivatives(*args: Any, **kwargs: Any) -> Any:
        from derivkit.tape.matrices import jacobian_of

        with Call(f, args, kwargs, argnum) as call:
            return jacobian_of(call)

    return _named(all_derivatives, f, "Jacobian")


def hessian(f: Callable[..., Any], argnum: ArgNum = 0) -> Callable[..., Any]:
    """A function that computes the second derivatives of `f`, whose value is a number.

    Parameters
    ----------
    f : callable
    argnum : int or tuple of int

    Returns
    -------
    callable
        With the arguments of `f`; for an array of shape s, an array of shape s + s.

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> tape.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return _named(jacobian(grad(f, argnum), argnum), f, "Hessian")


def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    """The Hessian of `f` at `x` times `v`, without the Hessian: the gradient's derivative in the direction `v`.

    Parameters
    ----------
    f : callable
        Of one argument; its value is a number.
    x : array_like, or a tree of them
    v : like `x`

    Returns
    -------
    like `x`

    Examples
    --------
    >>> import numpy as np
    >>> from derivkit import tape
    >>> tape.hvp(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    return jvp(grad(f), (x,), (v,))[1]


def _named(made: Callable[..., Any], f: Callable[..., Any], what: str) -> Callable[..., Any]:
    name = getattr(f, "__name__", repr(f))
    made.__name__ = f"{what.replace(' ', '_')}_of_{name}"
    made.__doc__ = f"The {what} of {name}."
    return made
