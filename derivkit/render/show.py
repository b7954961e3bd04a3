"""A model from a file: its formula, its coefficients, where it comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from derivkit.expression.names import is_variable_name
from derivkit.models.family import parsed
from derivkit.prediction import FormulaModel, NetworkModel
from derivkit.prediction.wording import number, weighted_sum
from derivkit.render.coefficients import coefficients
from derivkit.render.message import printable, sentence
from derivkit.render.page import Layout, Line, Page, Styled, wrapped
from derivkit.render.train import entry

if TYPE_CHECKING:
    from derivkit.expression.graph import Graph
    from derivkit.prediction import Model, TrainedModel
    from derivkit.prediction.wording import Output

MOST_LINES = 4  # of one sentence
MOST_FORMULAS = 60
TIMES = r"\, "
_POWER = re.compile(r"\^(\d+)$")


def document(model: Model) -> dict[str, Any]:
    """The document of `show`, but for code."""
    return {
        "model": model.model,
        "title": model.title,
        "target": model.target,
        "formula": [{"left": left, "text": text} for left, text in _texts(model)],
        "latex": _latex_lines(model),
        "prediction": [{"output": one.label, "class": one.class_, "text": _prediction(model, one)} for one in model.outputs()],
        "names": model.legend(),
        "coefficients": [entry(coefficient) for coefficient in model.coefficients],
        "interval": None if model.covariance is None else model.interval.kind,
        "origin": {"derivkit": model.origin.version, **model.origin.to_dict()},
    }


def page(model: Model, layout: Layout) -> Page:
    """The page of `show`: the formula, the coefficients, the origin."""
    if layout.format == "latex":
        return _latex_lines(model)
    lines: list[Line] = [*_title(model), ""]
    texts = _texts(model)
    for left, text in texts[:MOST_FORMULAS]:
        lines += wrapped(Styled(left, "title"), f" = {printable(text)}", layout)
    if len(texts) > MOST_FORMULAS:
        lines.append(f"and {len(texts) - MOST_FORMULAS:,} more; --json has them all")
    lines += [*_legend(model), ""]
    if not isinstance(model, NetworkModel):  # whose formulas hold every weight
        distribution = "normal" if model.degrees is None else "t"
        lines += [*coefficients(model.coefficients, model.target, distribution, layout), ""]
    check = model.origin.gradient_check
    count = check["points"]
    points = f" at {count} point{'s' * (count != 1)}" if count else ""
    return [*lines, f"gradient: {check['verdict']}{points}, before the first step", f"written by derivkit {model.origin.version}"]


def _prediction(model: Model, output: Output) -> str:
    """In columns alone; of a network in terms of the last layer, since every unit would stand there many times."""
    return output.text if isinstance(model, NetworkModel) else output.whole


def _title(model: Model) -> list[Line]:
    origin = model.origin
    dropped = f", {origin.n_dropped:,} dropped" if origin.n_dropped else ""
    test = f", {origin.n_test:,} of them for the test" if origin.n_test else ""
    rows = f"{origin.n_rows:,} rows{test}{dropped}"
    if isinstance(model, FormulaModel):
        fixed = "".join(f", {name} = {value:g} fixed" for name, value in model.fixed.items())
        return [(Styled(printable(model.equation.text.strip()), "title"),), rows + fixed]
    strengths = ", ".join(f"{name} = {value:g}" for name, value in (("l1", model.l1), ("l2", model.l2)) if value)
    given = {} if isinstance(model, NetworkModel) else model.settings
    settings = "".join(f", {name} {value:g}" for name, value in given.items())
    penalty = f"penalty {strengths}" if strengths else "no penalty"
    return [(Styled(model.title, "title"), f" of {printable(model.target)}"), f"{rows}{settings}, {penalty}"]


def _texts(model: Model) -> list[tuple[str, str]]:
    """Left and right sides, in derivkit's language: linear predictors, then predictions."""
    if isinstance(model, FormulaModel):
        return [(output.label, output.whole) for output in model.outputs()]
    return [*model.formulas.texts().items()]


def _legend(model: Model) -> list[Line]:
    found = model.legend().items()
    return [line for name, meaning in found for line in sentence(name, meaning, MOST_LINES)]


def _latex_lines(model: Model) -> list[str]:
    """The same sides as LaTeX, a line each."""
    from derivkit.symbolic.formula import latex_name

    if isinstance(model, FormulaModel):
        values = {**dict(zip(model.names, model.estimates, strict=True)), **model.fixed}
        return [
            f"{_latex(model.equation.left)} = {_latex(model.equation.right)}",
            *(f"{latex_name(name)} = {_number(value)}" for name, value in values.items()),
        ]
    if isinstance(model, NetworkModel):
        return [*_units(model), *_predictions(model)]
    names = {name: latex_name(short) for name, short in model.formulas.variables.items()}
    terms = [_POWER.sub(r"^{\1}", term) for term in model.formulas.terms(names)]
    lines = [
        f"{latex_name(eta)} = {weighted_sum(own, terms, times=TIMES, written=_number)}"
        for eta, own in zip(model.link.predictors, model.formulas.weights, strict=True)
    ]
    return [*lines, *_predictions(model)]


def _units(model: NetworkModel) -> list[str]:
    """Every unit, as LaTeX."""
    from derivkit.symbolic.formula import latex_name

    bend = rf"\operatorname{{{model.network.architecture.activation}}}"
    lines = []
    for unit in model.formulas.units(model.formulas.columns):
        text = weighted_sum(unit.weights, unit.written(latex_name, _number), times=TIMES, written=_number)
        lines.append(f"{latex_name(unit.name)} = " + (rf"{bend}\left({text}\right)" if unit.bent else text))
    return lines


def _predictions(model: TrainedModel | NetworkModel) -> list[str]:
    """What is predicted, in linear predictors, as LaTeX."""
    from derivkit.symbolic.formula import latex_name

    lines = []
    target = latex_name(model.target if is_variable_name(model.target) else f"`{model.target}`")
    for class_, text in model.link.texts.items():
        label = latex_name(f"`{class_}`") if isinstance(class_, str) else str(class_)
        left = target if class_ is None else f"P({target} = {label})"
        lines.append(f"{left} = {_latex(parsed(text))}")
    return lines


def _latex(graph: Graph) -> str:
    from derivkit.symbolic.convert import to_sympy
    from derivkit.symbolic.formula import Formula

    return Formula(graph, to_sympy(graph)).latex


def _number(value: float) -> str:
    mantissa, _, exponent = number(value).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
