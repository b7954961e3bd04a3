"""Arrays of other frameworks: told apart without importing any, read as NumPy arrays, and made again from them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.intp]

DOUBLE_BITS = 53
BRAIN_BITS = 8  # bfloat16, which NumPy does not know


def plain(leaf: Any) -> NDArray[Any]:
    """A number, an array or a tensor as a NumPy array.

    Examples
    --------
    >>> plain(3.0)
    array(3.)
    """
    import numpy as np

    if hasattr(leaf, "detach") and hasattr(leaf, "cpu"):  # PyTorch
        leaf = leaf.detach().cpu()
        return np.asarray((leaf.float() if bits_of(leaf) == BRAIN_BITS else leaf).numpy())
    if hasattr(leaf, "numpy") and not hasattr(leaf, "__array__"):
        leaf = leaf.numpy()
    return np.asarray(leaf)


def bits_of(leaf: Any) -> int:
    """How many binary digits the numbers of a leaf have: 53 for what is not floating."""
    import numpy as np

    if "bfloat16" in str(getattr(leaf, "dtype", "")):
        return BRAIN_BITS
    dtype = np.asarray(leaf).dtype if not hasattr(leaf, "detach") else leaf.detach().cpu().numpy().dtype
    return min(int(np.finfo(dtype).nmant) + 1, DOUBLE_BITS) if dtype.kind == "f" else DOUBLE_BITS


def maker(leaf: Any) -> Callable[[Array], Any]:
    """What turns float64 numbers of a leaf's shape into the kind of thing that the leaf is, in memory of its own.

    Whole numbers become float64.
    """
    import numpy as np

    root = type(leaf).__module__.partition(".")[0]
    if root == "torch":
        torch, tracked = sys.modules["torch"], bool(leaf.requires_grad)
        return lambda numbers: torch.tensor(numbers, dtype=leaf.dtype, device=leaf.device).requires_grad_(tracked)
    if root in ("jax", "jaxlib"):
        jax = sys.modules["jax"]
        return lambda numbers: jax.numpy.asarray(numbers, dtype=leaf.dtype)
    if root == "tensorflow":
        tensorflow = sys.modules["tensorflow"]
        return lambda numbers: tensorflow.convert_to_tensor(numbers, dtype=leaf.dtype)
    if isinstance(leaf, int | float) and not isinstance(leaf, np.floating):
        return float
    dtype = np.asarray(leaf).dtype
    kept = dtype if dtype.kind == "f" else np.dtype(np.float64)
    if isinstance(leaf, np.generic):
        return lambda numbers: kept.type(numbers)
    return lambda numbers: np.array(numbers, dtype=kept)


def total(terms: Array) -> float:
    """A sum in the machine's longest numbers: hardly rounded where those are long, and ten times as fast as `math.fsum`."""
    import numpy as np

    return float(terms.sum(dtype=np.longdouble))


def rounded(numbers: Array, bits: int) -> Array:
    """Numbers rounded to so many binary digits."""
    import numpy as np

    if bits >= DOUBLE_BITS:
        return numbers
    if bits == int(np.finfo(np.float32).nmant) + 1:
        return numbers.astype(np.float32).astype(np.float64)
    mantissa, exponent = np.frexp(numbers)
    shorter: Array = np.ldexp(np.round(np.ldexp(mantissa, bits)), exponent - bits)
    return shorter
