"""Every model against values from outside: NIST, R's documentation, statsmodels 0.15.0 and scikit-learn 1.9.1, closed forms.

The calls that gave a peer's values stand beside them; `benchmarks/regression.py` runs the peers where they are installed.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from derivkit.errors import DataError, ParseError, UsageError
from derivkit.training import train

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
NIST = json.loads((ROOT / "tests" / "data" / "nist_linear.json").read_text(encoding="utf-8"))["problems"]
# Dobson, An Introduction to Generalized Linear Models (1990), page 93: the example of R's glm
TRIAL = {"counts": [18, 17, 15, 20, 10, 20, 25, 13, 12], "outcome": list("abcabcabc"), "treatment": list("AAABBBCCC")}
# McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), page 300: clotting times of blood
U = [5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0]
CLOTTING = {"log_u": list(np.log(U)), "y": [118.0, 58.0, 42.0, 35.0, 27.0, 25.0, 21.0, 19.0, 18.0]}
K = np.arange(120)
THREE = {"x": (37 * K % 101) / 50 - 1, "z": (59 * K % 97) / 50 - 1, "y": (K * K + 3 * K) % 7 % 3}


def estimates(result):
    return [coefficient.estimate for coefficient in result.coefficients]


def errors(result):
    return [coefficient.standard_error for coefficient in result.coefficients]


def iris(*, after=0):
    rows = [line.split(",") for line in (SAMPLES / "iris.csv").read_text(encoding="utf-8").split()]
    names, *cells = rows
    return {
        name: [float(v) if k < 4 else v for v in column[after:]]
        for k, (name, column) in enumerate(zip(names, zip(*cells, strict=True), strict=True))
    }


@pytest.mark.parametrize("name", NIST)
def test_nists_linear_problems(name):
    known = NIST[name]
    result = train(
        {"x": known["x"], "y": known["y"]}, model=known["model"], degree=known["degree"], intercept=known["intercept"], target="y"
    )
    digits = 7 if name in ("Filip", "Wampler4", "Wampler5") else 9
    assert pytest.approx(known["estimates"], rel=10.0**-digits) == estimates(result)
    assert pytest.approx(known["standard_errors"], rel=10.0**-digits, abs=1e-9) == errors(result)
    if "r_squared" in known:
        assert pytest.approx(known["r_squared"], rel=1e-12) == result.metrics["train"]["r_squared"]
        assert pytest.approx(known["residual_sd"], rel=1e-12) == result.statistics["residual_sd"]
    assert (True, "agree") == (result.converged, result.gradient_check.verdict)
    assert (known["standard_errors"][0] == 0) == any("perfect" in warning for warning in result.warnings)


def test_poisson_as_published_by_r():
    """statsmodels: GLM(counts, X, family=Poisson()).fit(tol=1e-14); R's help page of glm shows the first digits."""
    result = train(TRIAL, model="poisson", target="counts")
    assert pytest.approx([3.044522437723423, -0.4542552722775973, -0.2929871246814756, 0, 0], abs=1e-12) == estimates(result)
    assert pytest.approx([0.170898651362526, 0.202170758850587, 0.192742344959002, 0.2, 0.2], rel=1e-7) == errors(result)
    assert pytest.approx(-23.380659200978837, rel=1e-13) == result.log_likelihood
    statistics = {
        "aic": 56.76131840195767,
        "bic": 57.74744128863877,
        "deviance": 5.129141077001152,
        "null_deviance": 10.581445863750865,
    }
    assert {key: pytest.approx(value, rel=1e-12) for key, value in statistics.items()} == {
        key: result.statistics[key] for key in statistics
    }
    assert pytest.approx(23.380659200978837 / 9, rel=1e-13) == result.loss
    assert ("normal", True, "newton") == (result.distribution, result.converged, result.optimizer)


def test_gamma():
    """statsmodels: GLM(lot1, X, family=Gamma(links.Log())).fit(tol=1e-14)."""
    result = train(CLOTTING, model="gamma")
    assert pytest.approx([5.50323022751595, -0.601917671742359], rel=1e-11) == estimates(result)
    assert pytest.approx([0.190300924917368, 0.055307803032635], rel=1e-9) == errors(result)
    assert pytest.approx(-26.42758642086382, rel=1e-11) == result.log_likelihood
    statistics = {"deviance": 0.16260829449733072, "null_deviance": 3.512826263828517, "dispersion": 0.02435438456519037}
    assert {key: pytest.approx(value, rel=1e-9) for key, value in statistics.items()} == {
        key: result.statistics[key] for key in statistics
    }


def test_huber():
    """statsmodels: RLM(y, X, M=HuberT()).fit(tol=1e-14, maxiter=1000), its errors H1."""
    result = train(SAMPLES / "stackloss.csv", model="huber")
    assert pytest.approx([-41.026498352400246, 0.829384334600108, 0.926065966196653, -0.127846724945785], rel=1e-9) == estimates(
        result
    )
    assert pytest.approx([9.791898541349298, 0.111005213354505, 0.30293016310859, 0.12864961493537], rel=1e-9) == errors(result)
    assert pytest.approx(2.440536091721074, rel=1e-9) == result.statistics["scale"]
    assert result.log_likelihood is None
    assert (True, "agree") == (result.converged, result.gradient_check.verdict)


def test_huber_with_a_far_turn_is_least_squares():
    plain = train(SAMPLES / "stackloss.csv", model="linear")
    assert pytest.approx(estimates(plain), rel=1e-10) == estimates(train(SAMPLES / "stackloss.csv", model="huber", delta=50.0))


# tau, coefficients: scikit-learn's QuantileRegressor(quantile=tau, alpha=0); errors of medians: statsmodels' QuantReg.fit()
QUANTILES = [
    (SAMPLES / "stackloss.csv", 0.5, [-39.68985507246384, 0.831884057971016, 0.573913043478256, -0.06086956521739], 10.08245),
    (SAMPLES / "stackloss.csv", 0.75, [-54.189655172413765, 0.8706896551724137, 0.9827586206896552, 0.0], None),
    (SAMPLES / "stackloss.csv", 0.25, [-36.0, 0.5, 1.0, 0.0], None),
    (SAMPLES / "cars.csv", 0.5, [-11.6, 3.4], 8.58987),
    (SAMPLES / "cars.csv", 0.9, [-8.857142857142858, 4.714285714285714], None),
]


@pytest.mark.parametrize(("data", "tau", "values", "error"), QUANTILES)
def test_quantiles(data, tau, values, error):
    result = train(data, model="quantile", tau=tau)
    assert pytest.approx(values, rel=1e-10, abs=1e-10) == estimates(result)
    if error is not None:
        assert pytest.approx(error, rel=1e-5) == errors(result)[0]
    assert (True, "agree", "linear program") == (result.converged, result.gradient_check.verdict, result.optimizer)


def test_softmax_against_the_first_class():
    """statsmodels: MNLogit(c, X).fit(method="newton", tol=1e-14)."""
    result = train(THREE, model="softmax", target="y")
    values = [-0.416259543479881, -0.318776604980672, 0.56979205591329, -0.403379606116334, -0.030747007619569, 0.264237789662291]
    spread = [0.224719389585151, 0.384540124326099, 0.401905052561391, 0.223015597796548, 0.379551239670939, 0.397228651511405]
    assert pytest.approx(values, rel=1e-10) == estimates(result)
    assert pytest.approx(spread, rel=1e-10) == errors(result)
    assert [1, 1, 1, 2, 2, 2] == [c.class_ for c in result.coefficients]
    assert pytest.approx(-127.85494278348766, rel=1e-13) == result.log_likelihood
    assert pytest.approx(0.01073087117598226, rel=1e-8) == result.statistics["r_squared_mcfadden"]
    assert pytest.approx(267.70988556697534, rel=1e-12) == result.statistics["aic"]


def test_softmax_with_a_penalty_gives_all_classes_coefficients_that_sum_to_zero():
    """scikit-learn: LogisticRegression(C=1/(150*0.01), tol=1e-12, max_iter=100000)."""
    result = train(SAMPLES / "iris.csv", model="softmax", l2=0.01)
    blocks = np.reshape(estimates(result), (3, 5))
    assert pytest.approx(np.zeros(5), abs=1e-11) == blocks.sum(axis=0)
    peer = [
        [9.064402531087106, -0.415831626003042, 0.82386479706445, -2.246509129611394, -0.949191611841126],
        [2.161908938532084, 0.438400554339277, -0.347882746696849, -0.148649903543965, -0.781726204584967],
        [-11.226311469619088, -0.022568928336243, -0.475982050367602, 2.395159033155366, 1.730917816426091],
    ]
    assert pytest.approx(np.array(peer), abs=2e-5) == blocks
    assert ["setosa"] * 5 == [c.class_ for c in result.coefficients[:5]]
    assert any("no standard errors" in warning for warning in result.warnings)


def test_softmax_of_two_classes_is_logistic_regression():
    two = train(SAMPLES / "oring.csv", model="softmax")
    one = train(SAMPLES / "oring.csv", model="logistic")
    assert pytest.approx(estimates(one), rel=1e-10) == estimates(two)
    assert pytest.approx(errors(one), rel=1e-9) == errors(two)
    assert pytest.approx(one.log_likelihood) == two.log_likelihood
    penalized = train(SAMPLES / "oring.csv", model="softmax", l2=0.2), train(SAMPLES / "oring.csv", model="logistic", l2=0.1)
    assert pytest.approx(estimates(penalized[1]), rel=1e-9) == [2 * w for w in estimates(penalized[0])[2:]]


def test_separated_classes_of_three_are_named():
    result = train(SAMPLES / "iris.csv", model="softmax")
    assert (False, None) == (result.converged, result.loss)
    assert "separation: petal_length, petal_width tell" in result.reason
    assert "--l2" in result.hint


# model, options, data, coefficients; scikit-learn's call
PENALIZED = [
    ("lasso", {"l1": 0.5}, [-41.229366955785885, 0.726799994389471, 1.19654793601573, -0.120619879946856]),  # Lasso(0.5)
    ("elasticnet", {"l1": 0.3, "l2": 0.3}, [-40.50934771423646, 0.739064166097121, 1.158252528032138, -0.128190946300507]),
    ("ridge", {"l2": 0.5}, [-39.61508384655662, 0.743572781858783, 1.164900676579318, -0.143337803049528]),  # Ridge(21*0.5)
]


@pytest.mark.parametrize(("model", "options", "values"), PENALIZED)
def test_penalties_are_scikit_learns(model, options, values):
    result = train(SAMPLES / "stackloss.csv", model=model, **options)
    assert pytest.approx(values, rel=1e-6) == estimates(result)
    assert [None] * 4 == errors(result)
    assert (options.get("l1", 0), options.get("l2", 0)) == (result.l1, result.l2)
    assert "aic" not in result.statistics


def test_a_lasso_has_exact_zeros_and_says_how_optimal_it_is():
    """The summed slopes of the loss are within n*l1 of 0 where a coefficient is 0, and at it elsewhere."""
    result = train(SAMPLES / "stackloss.csv", model="lasso", l1=5.0)
    x = np.loadtxt(SAMPLES / "stackloss.csv", delimiter=",", skiprows=1)
    w = np.array(estimates(result))
    slopes = x[:, :3].T @ (w[0] + x[:, :3] @ w[1:] - x[:, 3]) / 21
    assert 0.0 == w[3]
    assert pytest.approx(-5 * np.sign(w[1:3]), rel=1e-10) == slopes[:2]
    assert abs(slopes[2]) < 5
    assert result.subgradient < 1e-12
    assert (True, "proximal newton") == (result.converged, result.optimizer)


def test_a_strong_l1_leaves_the_constant():
    result = train(SAMPLES / "stackloss.csv", model="lasso", l1=1e4)
    y = np.loadtxt(SAMPLES / "stackloss.csv", delimiter=",", skiprows=1)[:, 3]
    assert [pytest.approx(y.mean()), 0, 0, 0] == estimates(result)


def test_logistic_regression_with_l1():
    """scikit-learn: LogisticRegression(l1_ratio=1, C=1/(100*0.05), solver="saga", tol=1e-12)."""
    result = train(iris(after=50), model="logistic", l1=0.05)
    assert pytest.approx([-14.620677071361031, 0, 0, 2.995911032509893, 0], rel=1e-5) == estimates(result)
    assert [0.0, 0.0] == estimates(result)[1:3]


def test_softmax_with_l1_is_optimal():
    result = train(iris(), model="softmax", l1=0.02)
    assert result.converged
    assert 3 <= estimates(result).count(0.0)
    assert result.subgradient < 1e-10


def test_poisson_regression_with_l2_is_scikit_learns():
    """PoissonRegressor(alpha=0.1, tol=1e-12)."""
    result = train(CLOTTING, model="poisson", l2=0.1)
    assert pytest.approx([5.739220017578846, -0.680443389125025], rel=1e-5) == estimates(result)


def test_the_errors_that_allow_for_unequal_variances():
    """statsmodels: OLS(y, X).fit(cov_type="HC3")."""
    result = train(SAMPLES / "cars.csv", model="linear", robust=True)
    assert pytest.approx([5.931803319074601, 0.427537219172098], rel=1e-10) == errors(result)
    assert "HC3" in result.errors


def test_hc3_of_a_likelihood_in_closed_form():
    result = train(SAMPLES / "oring.csv", model="logistic", robust=True)
    x, y = np.loadtxt(SAMPLES / "oring.csv", delimiter=",", skiprows=1).T
    design = np.column_stack([np.ones(len(x)), x])
    p = 1 / (1 + np.exp(-design @ estimates(result)))
    inverse = np.linalg.inv((design.T * (p * (1 - p))) @ design)
    leverage = p * (1 - p) * ((design @ inverse) * design).sum(axis=1)
    scores = design * ((p - y) / (1 - leverage))[:, None]
    assert pytest.approx(np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse)), rel=1e-8) == errors(result)


def test_hc3_of_softmax_with_two_classes_is_that_of_logistic_regression():
    robust = [errors(train(SAMPLES / "oring.csv", model=model, robust=True)) for model in ("softmax", "logistic")]
    assert pytest.approx(robust[1], rel=1e-9) == robust[0]


def test_a_row_that_decides_itself_has_no_hc3():
    result = train({"a": [0.0, 0.0, 0.0, 1.0], "y": [1.0, 2.0, 4.0, 9.0]}, model="linear", robust=True)
    assert [None, None] == errors(result)
    assert any("HC3" in warning for warning in result.warnings)


def test_covariance_and_correlation():
    """R's vcov(lm(dist ~ speed, cars)) and the correlation that follows."""
    result = train(SAMPLES / "cars.csv", model="linear")
    assert pytest.approx(np.square(errors(result))) == np.diag(result.covariance)
    x = np.loadtxt(SAMPLES / "cars.csv", delimiter=",", skiprows=1)[:, 0]
    assert pytest.approx(-x.mean() / math.sqrt((x**2).mean())) == result.correlation[0][1]
    assert (1.0, 1.0) == tuple(pytest.approx(result.correlation[k][k]) for k in (0, 1))


def test_the_statistics_of_least_squares():
    """statsmodels: OLS(y, X).fit(), its aic, bic and rsquared_adj."""
    found = train(SAMPLES / "cars.csv", model="linear").statistics
    assert (pytest.approx(417.1568630273532), pytest.approx(420.9809090382095)) == (found["aic"], found["bic"])
    assert (pytest.approx(0.6438102011907145), pytest.approx(15.37959, abs=5e-6)) == (
        found["r_squared_adjusted"],
        found["residual_sd"],
    )


def test_mcfaddens_r_squared():
    """statsmodels: Logit(y, X).fit().prsquared."""
    found = train(SAMPLES / "oring.csv", model="logistic").statistics
    assert pytest.approx(0.2813145038501982, rel=1e-8) == found["r_squared_mcfadden"]


# a user's loss, the same family
OWN = [
    ("(y - eta)^2/2", SAMPLES / "cars.csv", "linear", "dist", [5.541872177292961, 0.398680875606555]),  # OLS, cov_type="HC0"
    (
        "exp(eta) - y*eta", {k: TRIAL[k] for k in ("outcome", "counts")}, "poisson", "counts",
        [0.080936817676076, 0.148214152907869, 0.146077914098246],  # GLM(..., Poisson()).fit(cov_type="HC0")
    ),
    ("log(1 + exp(eta)) - y*eta", SAMPLES / "oring.csv", "logistic", "distress", None),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "data", "model", "target", "spread"), OWN)
def test_a_users_own_loss_is_the_familys(loss, data, model, target, spread):
    own, named = train(data, loss=loss, target=target), train(data, model=model, target=target)
    assert pytest.approx(estimates(named), rel=1e-9) == estimates(own)
    if spread is not None:
        assert pytest.approx(spread, rel=1e-7) == errors(own)
    assert ("own", "agree") == (own.model, own.gradient_check.verdict)
    assert "sandwich" in own.errors


def test_a_loss_that_only_grows_downwards_does_not_converge():
    result = train({"a": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 4.0]}, loss="exp(eta) + y", steps=30)
    assert not result.converged
    assert result.hint


@pytest.mark.parametrize("optimizer", ["newton", "lbfgs", "gd", "adam"])
def test_every_optimizer_finds_the_minimum(optimizer):
    best = train(SAMPLES / "oring.csv", model="logistic")
    found = train(SAMPLES / "oring.csv", model="logistic", optimizer=optimizer)
    assert (True, optimizer) == (found.converged, found.optimizer)
    assert pytest.approx(estimates(best), rel=1e-6) == estimates(found)


def test_too_few_steps_are_said():
    result = train(SAMPLES / "oring.csv", model="logistic", optimizer="gd", lr=0.01, steps=5)
    assert (False, 5, "no minimum within 5 iterations") == (result.converged, result.iterations, result.reason)
    assert "--steps" in result.hint
    assert [None, None] == errors(result)


def test_a_rate_that_is_too_large_is_said():
    result = train(SAMPLES / "cars.csv", model="linear", optimizer="gd", lr=10.0)
    assert not result.converged
    assert "learning rate of 10 is too large" in result.reason


def test_many_coefficients_take_lbfgs_first():
    rng = np.random.default_rng(8)
    x = rng.standard_normal((300, 210))
    data = {f"x{k}": x[:, k] for k in range(210)} | {"y": x @ rng.standard_normal(210) + rng.standard_normal(300)}
    result = train(data, model="linear", target="y")
    truth = np.linalg.lstsq(np.column_stack([np.ones(300), x]), data["y"], rcond=None)[0]
    assert pytest.approx(truth, rel=1e-8, abs=1e-10) == estimates(result)
    assert ("lbfgs+newton", True) == (result.optimizer, result.converged)


def test_a_polynomial_of_two_features_and_a_category():
    rng = np.random.default_rng(6)
    a, b, s = rng.random(60) * 9, 100 + rng.random(60), rng.choice(["u", "v"], 60)
    y = 1 + 2 * a - a**2 + (b - 100) + (s == "v") + 0.1 * rng.standard_normal(60)
    result = train({"a": a, "b": b, "s": s, "y": y}, model="polynomial", degree=2)
    design = np.column_stack([np.ones(60), a, a**2, b - 100, (b - 100) ** 2, s == "v"])
    w = np.linalg.lstsq(design, y, rcond=None)[0]
    truth = [w[0] - 100 * w[3] + 1e4 * w[4], w[1], w[2], w[3] - 200 * w[4], w[4], w[5]]
    assert ["intercept", "a", "a^2", "b", "b^2", "s=v"] == [c.name for c in result.coefficients]
    assert pytest.approx(truth, rel=1e-8) == estimates(result)


def test_a_penalized_polynomial_is_penalized_in_its_powers():
    x = np.linspace(-1, 2, 12)
    y = np.sin(x)
    design = np.column_stack([x, x**2, x**3])
    centered = design - design.mean(axis=0)
    truth = np.linalg.solve(centered.T @ centered + 12 * 0.1 * np.eye(3), centered.T @ (y - y.mean()))
    result = train({"x": x, "y": y}, model="polynomial", degree=3, l2=0.1)
    assert pytest.approx(truth, rel=1e-9) == estimates(result)[1:]


def test_a_degree_that_the_values_do_not_determine_is_named():
    with pytest.raises(DataError, match=r"x\^3 is an exact linear combination of"):
        train({"x": [1.0, 2.0, 3.0] * 3, "y": [1.0, 2.0, 4.0, 2.0, 3.0, 5.0, 1.0, 1.0, 2.0]}, model="polynomial", degree=3)


# options, a piece of the message
UNUSABLE = [
    ({}, "either a model or a loss is needed"),
    ({"model": "linear", "loss": "eta"}, "not both"),
    ({"model": "ridge"}, "ridge needs a penalty: --l2"),
    ({"model": "lasso"}, "lasso needs a penalty: --l1"),
    ({"model": "elasticnet", "l1": 0.1}, "--l2"),
    ({"model": "ridge", "l2": 0.1, "l1": 0.1}, "ridge takes no --l1"),
    ({"model": "linear", "degree": 3}, "linear takes no --degree"),
    ({"model": "linear", "tau": 0.3}, "linear takes no --tau"),
    ({"model": "quantile", "tau": 1.0}, "between 0 and 1"),
    ({"model": "quantile", "l2": 1.0}, "quantile takes no --l2"),
    ({"model": "polynomial", "l1": 0.1}, "polynomial takes no --l1"),
    ({"model": "polynomial", "degree": 99}, "between 1 and 30"),
    ({"model": "linear", "optimizer": "sgd"}, "no optimizer 'sgd'"),
    ({"model": "lasso", "l1": 0.1, "optimizer": "gd"}, "cannot minimize absolute values"),
    ({"model": "linear", "lr": 0.1}, "--lr is for"),
    ({"model": "linear", "test": 1.0}, "--test"),
    ({"model": "linear", "folds": 1}, "--folds"),
    ({"model": "linear", "steps": 0}, "--steps"),
    ({"loss": "(y - x)^2"}, "x is neither"),
    ({"loss": "y^2"}, "eta does not occur"),
]


@pytest.mark.parametrize(("options", "words"), UNUSABLE)
def test_options_that_do_not_fit_are_refused(options, words):
    with pytest.raises(UsageError) as refused:
        train(SAMPLES / "cars.csv", **options)
    assert words in refused.value.message


def test_a_loss_that_does_not_parse_has_a_span():
    with pytest.raises(ParseError) as refused:
        train(SAMPLES / "cars.csv", loss="(y - eta")
    assert refused.value.span is not None


# model, target, a piece of the message
WRONG_TARGETS = [
    ("poisson", [1.0, -2.0, 3.0, 4.0], "must not be negative, and is -2 in row 2"),
    ("gamma", [1.0, 2.0, 0.0, 4.0], "must be positive, and is 0 in row 3"),
    ("logistic", [1.0, 2.0, 3.0, 3.0], "3 classes"),
    ("softmax", [1.0, 2.0, 3.0, 4.0], "looks like an identifier"),
]


@pytest.mark.parametrize(("model", "target", "words"), WRONG_TARGETS)
def test_targets_that_a_family_cannot_explain(model, target, words):
    with pytest.raises(DataError) as refused:
        train({"a": [1.0, 2.0, 5.0, 3.0], "y": target}, model=model)
    assert words in refused.value.message


def test_fractions_are_no_counts_but_can_be_fitted():
    result = train({"a": [1.0, 2.0, 3.0, 4.0], "y": [0.5, 1.5, 2.0, 4.5]}, model="poisson")
    assert result.converged
    assert any("fractions" in warning for warning in result.warnings)


def test_residuals_without_a_scale_are_refused():
    with pytest.raises(DataError, match="no scale"):
        train({"a": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "y": [2.0, 4.0, 6.0, 90.0, 10.0, 12.0]}, model="huber")


def test_robust_regression_takes_a_perfect_fit_as_it_is():
    result = train({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "y": [2.0, 4.0, 6.0, 8.0, 10.0]}, model="huber")
    assert pytest.approx([0, 2], abs=1e-12) == estimates(result)
    assert any("perfect up to rounding" in warning for warning in result.warnings)


@pytest.mark.parametrize("seed", range(8))
def test_kinks_near_the_first_points_do_not_stop_robust_regression(seed):
    rng = np.random.default_rng(seed)
    x, z, noise = rng.normal(100, 1, 80), rng.normal(100, 1, 80), rng.normal(size=80)
    result = train({"x": x, "z": z, "y": x + 2 * z + noise}, model="huber")
    assert ("agree", True) == (result.gradient_check.verdict, result.converged)
    assert pytest.approx([1, 2], abs=0.5) == estimates(result)[1:]


def test_rows_far_from_the_start_do_not_stop_robust_regression():
    # residuals of the constant are 10^4 times the final ones: no row has curvature where the gradient is checked
    x = np.arange(40.0)
    result = train({"x": x, "y": 1e4 * x + np.cos(7 * x)}, model="huber")
    assert ("agree", True) == (result.gradient_check.verdict, result.converged)
    assert pytest.approx(1e4, abs=0.1) == estimates(result)[1]


def test_counts_of_zero_that_are_told_apart_are_named():
    data = {"x": [1.0, 3.0, 2.0, 5.0, 4.0, 2.0], "s": ["a", "a", "a", "b", "b", "b"], "y": [2.0, 4.0, 1.0, 0.0, 0.0, 0.0]}
    result = train(data, model="poisson")
    assert (False, None) == (result.converged, result.loss)
    assert "separation: s=b tells rows of zero apart" in result.reason
    assert train(data, model="poisson", l2=0.1).converged


# a user's loss, how it ends, the verdict on its gradient
HOPELESS = [
    ("-(y - eta)^2", "the loss falls without bound", "agree"),
    ("y^2 + 0*eta", "the second derivative is singular", "agree"),
    ("abs(y - eta)", "not started", "refused"),
]


@pytest.mark.parametrize(("loss", "reason", "verdict"), HOPELESS)
def test_losses_without_a_minimum_to_be_found(loss, reason, verdict):
    result = train(SAMPLES / "cars.csv", loss=loss)
    assert (False, verdict) == (result.converged, result.gradient_check.verdict)
    assert reason in result.reason


def test_a_loss_that_is_not_convex_everywhere_is_minimized():
    """The summed slopes vanish at the minimum of Cauchy's loss."""
    x, y = np.loadtxt(SAMPLES / "cars.csv", delimiter=",", skiprows=1).T
    result = train(SAMPLES / "cars.csv", loss="log(1 + ((y - eta)/10)^2)")
    residuals = y - estimates(result)[0] - estimates(result)[1] * x
    slopes = residuals / (100 + residuals**2)
    assert result.converged
    assert pytest.approx([0, 0], abs=1e-9) == [slopes.sum(), slopes @ x]


def test_a_loss_without_a_value_at_the_start_is_refused():
    with pytest.raises(DataError, match="no value where all coefficients are 0"):
        train(SAMPLES / "cars.csv", loss="log(eta) - y*eta")


def test_a_quantile_too_near_the_end_has_no_errors():
    result = train(SAMPLES / "cars.csv", model="quantile", tau=0.01)
    assert [None, None] == errors(result)
    assert any("too few rows around this quantile" in warning for warning in result.warnings)
