"""Checkers of gradients side by side: verdicts on the cases of the tests, and the time to check a million entries.

The cases of tests/gradient_cases.py go through derivkit and through what is installed of PyTorch, HIPS autograd, JAX and SciPy,
each called as its documentation says, with its own defaults, along a random direction where there are more than a thousand entries.
A tool is right where it passes what is right, and does not pass what is wrong or where nothing can be said; derivkit must name the
cause as well.

    python -m benchmarks.gradients [--small] [--size N]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter, process_time
from typing import Any

import numpy as np

import derivkit as dk
from tests.gradient_cases import CASES, Case

MANY = 1000
SCIPY_BAR = 1e-5  # of the gradient's size: scipy.optimize.check_grad returns an error and leaves the bar to its user


def derivkit(case: Case) -> bool:
    """Verdict and cause."""
    found = dk.check_gradient(case.fun, case.gradient, case.x, **case.options)
    return (case.verdict, case.reason) == (found.verdict, found.reason)


def pytorch(case: Case) -> bool:
    """torch.autograd.gradcheck of a custom function whose backward is the claim."""
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return torch.as_tensor(np.asarray(case.fun(x.detach().numpy().copy())))

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            return grad * torch.as_tensor(np.array(case.gradient(x.detach().numpy().copy())))

    x = torch.tensor(case.x, requires_grad=True)
    return bool(torch.autograd.gradcheck(Function.apply, (x,), fast_mode=case.x.size > MANY))


def autograd(case: Case) -> bool:
    """autograd.test_util.check_grads of a primitive whose rule is the claim."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    function = primitive(lambda x: case.fun(np.array(x)))
    defvjp(function, lambda answer, x: lambda g: g * case.gradient(np.array(x)))
    check_grads(function, modes=["rev"], order=1)(case.x)
    return True


def jax(case: Case) -> bool:
    """jax.test_util.check_grads of a function with a custom rule, called back in NumPy."""
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    value = jax.ShapeDtypeStruct((), case.x.dtype)
    like = jax.ShapeDtypeStruct(case.x.shape, case.x.dtype)

    @jax.custom_vjp
    def function(x: Any) -> Any:
        return jax.pure_callback(lambda x: np.asarray(case.fun(np.array(x)), value.dtype), value, x)

    def backward(x: Any, g: Any) -> Any:
        return (g * jax.pure_callback(lambda x: np.asarray(case.gradient(np.array(x)), like.dtype), like, x),)

    function.defvjp(lambda x: (function(x), x), backward)
    check_grads(function, (jax.numpy.asarray(case.x),), order=1, modes=["rev"])
    return True


def scipy(case: Case) -> bool:
    """scipy.optimize.check_grad, by entries or along a random direction."""
    from scipy.optimize import check_grad

    x = case.x.ravel()
    shape, direction = case.x.shape, "random" if x.size > MANY else "all"
    gradient = np.asarray(case.gradient(case.x.copy())).ravel()
    size = float(np.linalg.norm(gradient)) or 1.0

    def flat(x: Any) -> Any:
        return case.fun(np.array(x).reshape(shape))

    def flat_gradient(x: Any) -> Any:
        return np.asarray(case.gradient(np.array(x).reshape(shape))).ravel()

    return bool(check_grad(flat, flat_gradient, x, direction=direction, seed=0) <= SCIPY_BAR * size)


TOOLS: dict[str, tuple[str, Callable[[Case], bool]]] = {
    "derivkit": ("numpy", derivkit),
    "PyTorch": ("torch", pytorch),
    "autograd": ("autograd", autograd),
    "JAX": ("jax", jax),
    "SciPy": ("scipy", scipy),
}


def right(tool: Callable[[Case], bool], case: Case) -> bool:
    """Whether a tool is right; an exception is a gradient that did not pass."""
    try:
        passed = tool(case)
    except Exception:
        passed = False
    return passed if tool is derivkit else passed == (case.verdict == "agree")


def verdicts() -> None:
    """The table of verdicts, those that are wrong marked."""
    present = {name: tool for name, (package, tool) in TOOLS.items() if find_spec(package)}
    counts = dict.fromkeys(present, 0)
    print(f"{'case':42}{'verdict':26}" + "".join(f"{name:>10}" for name in present))
    for case in CASES:
        found = {name: right(tool, case) for name, tool in present.items()}
        for name, good in found.items():
            counts[name] += good
        verdict = case.verdict + (f" ({case.reason})" if case.verdict == "refused" else "")
        print(f"{case.name:42}{verdict:26}" + "".join(f"{'right' if good else '-':>10}" for good in found.values()))
    print(f"{'right of ' + str(len(CASES)):68}" + "".join(f"{count:>10}" for count in counts.values()))
    missing = sorted(TOOLS.keys() - present.keys())
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")


def million(size: int) -> None:
    """The time to check a cheap function of many entries."""
    from scipy.optimize import check_grad

    def fun(x: Any) -> Any:
        return np.sum(x * x)

    def gradient(x: Any) -> Any:
        return 2 * x

    def spoilt(x: Any) -> Any:
        claimed = 2 * x
        claimed[size // 3] *= 1 + 1e-6
        return claimed

    x = np.random.default_rng(0).normal(size=size)
    print(f"\na sum of {size:,} squares")
    for name, claim in (("right", gradient), ("one entry off by 1e-6", spoilt)):
        found, ours = timed(lambda claim=claim: dk.check_gradient(fun, claim, x))
        error, theirs = timed(lambda claim=claim: check_grad(fun, claim, x, direction="random", seed=0))
        worst = f" at {found.worst[0].index}" if found.worst else ""
        print(f"  {name:22} derivkit {ours}  {found.verdict}{worst}, {found.evaluations} calls")
        print(f"  {'':22} SciPy    {theirs}  relative error {error / float(np.linalg.norm(claim(x))):.1e}")


def timed(work: Callable[[], Any]) -> tuple[Any, str]:
    """What work gives, and its time on the clock and on the processor."""
    clock, processor = perf_counter(), process_time()
    found = work()
    return found, f"{perf_counter() - clock:6.2f} s, {process_time() - processor:5.2f} s of processor"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="entries of the long gradient")
    parser.add_argument("--small", action="store_true", help="only the timing, of ten thousand entries")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with np.errstate(all="ignore"):
        if not options.small:
            verdicts()
        million(10_000 if options.small else options.size)
