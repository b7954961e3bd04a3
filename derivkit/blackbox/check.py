"""Does a gradient belong to a function? Both are only called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from derivkit.blackbox.argument import Argument
from derivkit.blackbox.result import Concluded, GradientVerdict
from derivkit.blackbox.subject import OutOfTime, Subject, undisturbed

DOUBLE, SINGLE, HALF = 1e-6, 1e-2, 0.1  # default tolerances, by the numbers in which the function works
SECONDS = 60.0


def check_gradient(
    fun: Callable[..., Any],
    gradient: Any,
    x: Any,
    *,
    jvp: Callable[..., Any] | None = None,
    vjp: Callable[..., Any] | None = None,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    tolerance: float | None = None,
    seed: int = 0,
    names: Sequence[str] | Mapping[int, str] | None = None,
    seconds: float = SECONDS,
) -> GradientVerdict:
    """Check the gradient of any function, from the function's values alone.

    Function and gradient may be written in anything that takes and returns numbers, NumPy arrays, PyTorch, JAX or TensorFlow
    tensors, or trees (dicts, lists, tuples) of them; they are called, never differentiated, and get copies of the same kinds as
    `x`. Slopes along a few random directions are measured with a bound on their error and compared with the claimed ones; a wrong
    entry shows in each of them. Entries are looked at one by one only where that is needed.

    Parameters
    ----------
    fun : callable
        `fun(x, *args, **kwargs)`, one real number.
    gradient : callable or array_like
        `gradient(x, *args, **kwargs)`, of x's structure and shapes; or its value at x.
    x : array_like, number, tensor, or tree of them
        The point. A list of plain numbers is an array, as for NumPy.
    jvp, vjp : callable, optional
        `jvp(x, v)`, the Jacobian times a tangent, and `vjp(x, u)`, a cotangent times the Jacobian, of a `fun` that may then return
        an array; `gradient` may be None. Both are checked against values, and against one another.
    args : sequence
    kwargs : mapping, optional
    tolerance : float, optional
        The largest relative error of an entry that may go unseen where the answer is "agree": 1e-6 by default, 1e-2 where the
        function works in float32, 0.1 in narrower numbers. What can be seen is always reported, however small. Entries a thousand
        times smaller than the largest need to be seen to 1 % only, zeros to the tolerance of the largest; with a tolerance of
        1e-3 or more, entries smaller than the root mean square of all to the tolerance of that.
    seed : int
        Of the random directions.
    names : sequence of str or mapping of int to str, optional
        Names of the entries, in the order of the flattened point.
    seconds : float
        After which an answer is refused.

    Returns
    -------
    GradientVerdict
        `verdict` is "agree"; "disagree", with the worst entries; or "refused", with the reason: "kink" (the message says whether
        the claim is a subgradient), "noise", "nondeterministic", ...

    Raises
    ------
    TypeError, ValueError
        If x holds something else than finite real numbers, or the names do not fit.
    Exception
        Whatever the user's code raises at the point itself, but for ValueError and ArithmeticError of the function: those mean
        that it has no value there.

    Examples
    --------
    >>> import numpy as np
    >>> check_gradient(lambda x: np.sum(x**3), lambda x: 3 * x**2, [1.0, 2.0]).verdict
    'agree'
    >>> found = check_gradient(lambda x: np.sum(x**3), lambda x: 3 * x**2 + np.array([0, 1e-9]), [1.0, 2.0])
    >>> found.verdict, found.worst[0].index
    ('disagree', 'x[1]')
    """
    argument = Argument(x, names)
    subject = Subject(fun, argument, args, kwargs or {}, seconds)
    with undisturbed():
        if jvp is not None or vjp is not None:
            from derivkit.blackbox.products import check_products

            try:
                return check_products(subject, gradient, jvp, vjp, tolerance, seed)
            except OutOfTime:
                return replace(_out_of_time(), evaluations=subject.evaluations)
        return examined(subject, gradient, tolerance, seed)


def examined(subject: Subject, gradient: Any, tolerance: float | None, seed: int) -> GradientVerdict:
    """The verdict on one gradient, with the evidence gathered on the way."""
    from derivkit.blackbox.contract import claim_of
    from derivkit.blackbox.examination import Examination

    size = subject.argument.vector.size
    examination = None
    try:
        claim = claim_of(subject, gradient, seed)
        asked = default_tolerance(subject.bits) if tolerance is None else tolerance
        examination = Examination(subject, claim, asked, seed)
        examination.conclude()
    except Concluded as end:
        verdict = GradientVerdict(end.verdict, end.reason, end.message, end.hint, end.worst)
    except OutOfTime:
        verdict = _out_of_time()
    evidence = {} if examination is None else examination.evidence()
    return replace(verdict, size=size, evaluations=subject.evaluations, **evidence)


def _out_of_time() -> GradientVerdict:
    return GradientVerdict("refused", "budget", "the time was up before anything could be said", hint="allow more seconds")


def default_tolerance(bits: int) -> float:
    """The tolerance for a function that works with so many binary digits."""
    return DOUBLE if bits >= 53 else SINGLE if bits >= 24 else HALF
