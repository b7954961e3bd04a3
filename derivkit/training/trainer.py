"""One training: the problem, the check of its gradient, the fit, what is said of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from derivkit.data.design import INTERCEPT, Design
from derivkit.data.rank import dependencies, relations, told
from derivkit.data.words import listed
from derivkit.errors import DataError
from derivkit.models.gradient import check_gradient
from derivkit.models.inference import Coefficient
from derivkit.models.solve import OWN
from derivkit.optimize.minimum import Progress
from derivkit.optimize.outcome import Outcome
from derivkit.records import Verdict
from derivkit.training.fitting import Fitted, Problem, fitted, problem_of
from derivkit.training.options import Spec
from derivkit.training.report import report
from derivkit.training.result import TrainResult
from derivkit.training.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FAR = 12.0  # a linear predictor beyond which a probability is 0 or 1 to five digits: reason to look for separation
UNBOUNDED = 1e100  # a coefficient that only a loss without a minimum has
MOST_FOR_SEPARATION = 20_000  # rows of a design on the disk
FLAT = 1e-7  # a second derivative of the mean loss, in standardized columns, that only rows without doubt leave


class Trainer:
    """One training; what is warned about is gathered on the way.

    Attributes
    ----------
    found : Fitted or None
        The model, once there is one.
    reached : Fitted or None
        Where the minimizer stopped, also where the classes are told apart and that is no model; None where it never started or ran
        away.
    """

    def __init__(self, spec: Spec, design: Design, sample: Sample, judged_by: Sample | None = None) -> None:
        self.spec = spec
        self.design = design
        self.judged_by = judged_by
        self.warnings = list(design.warnings)
        self.problem = self._posed(sample)
        self.found: Fitted | None = None
        self.reached: Fitted | None = None

    def _posed(self, sample: Sample) -> Problem:
        problem = problem_of(self.spec, sample.matrix, sample.response, self.design.names, self.design.classes)
        self.warnings += _of_response(problem)
        found = _what_is_degenerate(problem, self.design)
        if found and not self.spec.penalty:
            raise DataError(found, hint="leave columns out with --features, or add --l2")
        if found:
            self.warnings.append(f"{found}: only the penalty decides their coefficients")
        return problem

    @property
    def start_value(self) -> float:
        """The objective before the first step."""
        return self.problem.objective.value(self.problem.start)

    def run(self, progress: Progress | None) -> TrainResult:
        """Check the gradient, fit, and say what there is to say."""
        check = self._checked()
        if check.verdict != "agree":
            return self._result(check, 0, f"not started: {check.message}", _kink_hint(self.spec, check))
        found = fitted(self.problem, progress, judged_by=self.judged_by)
        minimum = found.minimum
        if not minimum.converged and not (abs(minimum.x) < UNBOUNDED).all():
            fell = minimum.value < self.problem.objective.value(self.problem.start)
            reason = "the loss falls without bound" if fell else minimum.reason
            return self._result(check, minimum.iterations, reason, None if fell else _hint(self.spec))
        if minimum.outcome is Outcome.DIVERGED:
            return self._result(check, minimum.iterations, minimum.reason, "give a smaller --lr")
        self.reached = found
        separating = self._separating(found)
        if separating:
            tell = "tells" if len(separating) == 1 else "tell"
            what = "the classes" if self.spec.family.classes else "rows of zero"
            reason = f"separation: {listed(separating)} {tell} {what} apart without error, so that no finite coefficients fit best"
            return self._result(check, found.minimum.iterations, reason, "add a penalty, as --l2 0.01, or leave columns out")
        self.found = found
        return self._with_estimates(check, found)

    def _checked(self) -> Verdict:

        family, problem = self.spec.family, self.problem
        spread = math.sqrt(problem.moments.mean_square) if family.link == "identity" else 1.0
        names = [name if block is None else f"{name} ({block})" for name, block in problem.keys]
        kinked = family.errors != "information"
        return check_gradient(
            problem.objective, problem.start, names, spread=spread, kinked=kinked, curved=family.curved, straight=family.scaled
        )

    def _separating(self, found: Fitted) -> list[str]:
        from derivkit.models.separation import separating_columns, zeros_apart

        family = self.spec.family
        unbounded = family.classes or family.response == "not negative"
        if self.spec.held_back or not unbounded or (found.minimum.converged and not self._flat(found)):
            return []
        search = separating_columns if family.classes else zeros_apart
        columns, rows = self.problem.columns, slice(None)
        if not columns.in_memory:
            rows = columns.sample(MOST_FOR_SEPARATION)
        apart = search(columns.block(rows), self.problem.response[rows], intercept=self.spec.intercept)
        if rows.step and apart:
            self.warnings.append(f"separation was looked for in {len(range(*rows.indices(len(columns)))):,} of the rows")
        return [self.problem.names[k] for k in apart]

    def _flat(self, found: Fitted) -> bool:
        """Whether the minimum looks as if it lay at infinity: rows without doubt, and a direction in which nothing changes."""
        import numpy as np

        columns = self.problem.columns
        if max(np.abs(found.eta(columns, rows)).max() for rows in columns.blocks()) < FAR:
            return False
        smallest = np.linalg.svd(self.problem.objective.root(found.minimum.x), compute_uv=False)[-1]
        return bool(smallest**2 / len(self.problem.response) < FLAT)

    def _with_estimates(self, check: Verdict, found: Fitted) -> TrainResult:
        minimum, said = found.minimum, report(found, self.design.classes)
        self.warnings += said.warnings
        return replace(
            self._result(check, minimum.iterations, minimum.reason, None),
            converged=minimum.converged,
            hint=None if minimum.converged else _hint(self.spec),
            coefficients=said.coefficients,
            errors=said.errors,
            covariance=said.covariance,
            statistics=said.statistics,
            log_likelihood=said.log_likelihood,
            loss=said.loss,
            metrics={"train": said.metrics, "test": None},
            subgradient=_violation(found) if self.spec.penalty.l1 else None,
            warnings=tuple(self.warnings),
        )

    def _result(self, check: Verdict, iterations: int, reason: str, hint: str | None) -> TrainResult:
        """What is known without estimates."""
        spec, family, design, problem = self.spec, self.spec.family, self.design, self.problem
        degree = {} if spec.degree is None else {"degree": spec.degree}
        kinked = bool(spec.penalty.l1)
        return TrainResult(
            model=spec.name, title=spec.title, family=family.name, link=family.link, loss_text=family.loss,
            settings={**spec.settings, **degree}, target=design.target, classes=design.classes, features=design.features,
            intercept=design.intercept, schema=design.schema, powers=_powers(problem, design),
            l1=spec.penalty.l1, l2=spec.penalty.l2, n_rows=len(design.response),
            n_dropped=design.n_dropped, test_rows=(), coefficients=tuple(Coefficient(*key, None) for key in problem.keys),
            distribution=family.distribution,
            optimizer=spec.method.chosen(len(problem.start), kinked=kinked) if family.curved else "linear program",
            iterations=iterations, converged=False, reason=reason, hint=hint, gradient_check=check,
            warnings=tuple(self.warnings), notes=design.notes,
        )  # fmt: skip


def _powers(problem: Problem, design: Design) -> dict[str, int]:
    """The columns of the design that go beyond the first power, and how far."""
    return {name: highest for name, highest in zip(design.names, problem.columns.powers, strict=True) if highest > 1}


def _violation(found: Fitted) -> float:
    from derivkit.optimize.proximal import violation

    return violation(found.minimum.x, found.minimum.gradient, found.problem.weights)


def _kink_hint(spec: Spec, check: Verdict) -> str | None:
    own = spec.name == "own" and check.verdict == "refused"
    return "for a loss with kinks, such as abs, take --model quantile or huber" if own else None


def _hint(spec: Spec) -> str:
    if spec.method.batching is not None:
        return "give more --epochs or a --schedule; without --batch-size and --optimizer the minimum itself is found"
    if spec.method.optimizer not in OWN:
        return "give more --steps or another --lr, or leave --optimizer out"
    return "look for columns that nearly say the same, or add --l2"


def _of_response(problem: Problem) -> list[str]:
    import numpy as np

    blocks = (problem.response[rows] for rows in problem.columns.blocks())
    if problem.spec.family.name == "poisson" and any((block != np.round(block)).any() for block in blocks):
        return ["the target holds fractions: Poisson's errors are those of counts"]
    return []


def _what_is_degenerate(problem: Problem, design: Design) -> str | None:
    """What keeps the coefficients from being determined: a constant or dependent column, more columns than rows."""
    import numpy as np

    n, p = len(problem.columns), problem.columns.width
    low, high = problem.columns.low, problem.columns.high
    spans = high - low if design.intercept else np.maximum(-low, high)
    constant = [
        name for name, span in zip(problem.names, spans, strict=True) if not span and not (design.intercept and name == INTERCEPT)
    ]
    if constant:
        what = "constant" if design.intercept else "zero in every row"
        return f"{listed(constant)} {'is' if len(constant) == 1 else 'are'} {what}"
    if p > n:
        return f"there are more columns than rows: {p} coefficients ({listed(problem.names)}) and {n} rows"
    columns = problem.columns
    if p == problem.columns.matrix.shape[1]:
        found = relations(columns.triangle, problem.names, center=columns.center, scale=columns.scale, intercept=design.intercept)
        return told(found) or None
    dependent = dependencies(columns.triangle, problem.names)  # of powers, whose combinations nobody could read
    return f"{dependent[0][0]} is an exact linear combination of {listed(dependent[0][1:])}" if dependent else None
