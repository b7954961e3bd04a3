"""Published problems of unconstrained minimization: functions, standard starts, and what their sources say of the minima.

The texts of short functions stand in `corpus/expressions.txt`, once, with more facts about them; its head says what MGH and VLSE
are. Starts of MGH are the standard ones. MINPACK means what its tests of `lmder1` print (Argonne National Laboratory, ANL-80-74):
norms, here squared. CUTE is the collection of Bongartz, Conn, Gould and Toint, ACM Transactions on Mathematical Software 21 (1995)
123, by its names and with its starts. Where no source names a start, it is ours, and the source says so. A place that is not
published was computed; it has the published value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivkit.evaluate import evaluate
from derivkit.expression.point import parse_point
from tests import minima_texts as texts
from tests.published import published


@dataclass(frozen=True, slots=True)
class Problem:
    """A function to minimize.

    Attributes
    ----------
    name, text : str
    start : str
    minima : mapping of str to str
        Published minima, local and global: the value by place. Coordinates and values with a decimal point are right to a
        unit of their last digit, the others exactly.
    source : str
    start_value : str
        The published value at the start, if there is one; digits as in `minima`.
    """

    name: str
    text: str
    start: str
    minima: Mapping[str, str]
    source: str
    start_value: str = ""

    @property
    def start_point(self) -> dict[str, float]:
        """The start, in numbers."""
        return {name: evaluate(graph, {}) for name, graph in parse_point(self.start).items()}


_CORPUS = {entry.name: entry.text for entry in published()}


def _known(name: str, start: str, minima: Mapping[str, str], source: str, start_value: str = "") -> Problem:
    """A function whose text the corpus of expressions has."""
    return Problem(name, _CORPUS[name], start, minima, source, start_value)


def _xs(values: str) -> str:
    """A point in x1, x2, ..."""
    return ", ".join(f"x{k}={value}" for k, value in enumerate(values.split(), start=1))


OURS = "; start: ours"
ONE, TWO = "x=1, y=1", "x=-1.2, y=1"

PROBLEMS: tuple[Problem, ...] = (
    # Moré, Garbow and Hillstrom, by number
    _known("rosenbrock", TWO, {ONE: "0"}, "MGH 1; Rosenbrock 1960", "24.2"),
    _known("freudenstein_roth", "x=0.5, y=-2", {"x=5, y=4": "0", "x=11.4127790, y=-0.8968053": "48.9842537"}, "MGH 2", "400.5"),
    _known("powell_badly_scaled", "x=0, y=1", {"x=0.00001098159, y=9.106147": "0.00000"}, "MGH 3", "1.13526"),
    _known("brown_badly_scaled", ONE, {"x=10^6, y=2*10^(-6)": "0"}, "MGH 4; value at the start TOMS 566", "1.00e12"),
    _known("beale", ONE, {"x=3, y=1/2": "0"}, "MGH 5; Beale 1958", "14.203125"),
    Problem(
        "jennrich_sampson",
        texts.jennrich_sampson(),
        "x1=0.3, x2=0.4",
        {"x1=0.2578252, x2=0.2578252": "124.362"},
        "MGH 6; value at the start MINPACK",
        "4171.306162",
    ),
    _known("helical_valley", _xs("-1 0 0"), {_xs("1 0 0"): "0"}, "MGH 7; value at the start MINPACK", "2500"),
    Problem(
        "bard",
        texts.bard(),
        _xs("1 1 1"),
        {_xs("0.08241056 1.133036 2.343695"): "0.00821487"},
        "MGH 8; value at the start MINPACK",
        "41.68169586",
    ),
    Problem(
        "gaussian",
        texts.gaussian(),
        _xs("0.4 1 0"),
        {_xs("0.3989561 1.0000191 0"): "1.12793e-8"},
        "MGH 9; value at the start TOMS 566",
        "3.89e-6",
    ),
    Problem(
        "meyer",
        texts.meyer(),
        _xs("0.02 4000 250"),
        {_xs("0.005609636471 6181.346346287 345.223634624"): "87.9458"},
        "MGH 10; place and value at the start MINPACK",
        "1693607809.4",
    ),
    Problem(
        "gulf", texts.gulf(), _xs("5 2.5 0.15"), {_xs("50 25 3/2"): "0"}, "MGH 11, m = 99; value at the start TOMS 566", "12.1"
    ),
    Problem(
        "box_three",
        texts.box_three(),
        _xs("0 10 20"),
        {_xs("1 10 1"): "0", _xs("10 1 -1"): "0", _xs("1 1 0"): "0"},
        "MGH 12, m = 10; any x1 = x2 with x3 = 0 is a minimum; value at the start TOMS 566",
        "1.03e3",
    ),
    _known("powell_singular", _xs("3 -1 0 1"), {_xs("0 0 0 0"): "0"}, "MGH 13; Powell 1962", "215"),
    _known("wood", _xs("-3 -1 -3 -1"), {_xs("1 1 1 1"): "0"}, "MGH 14; Colville 1968", "19192"),
    Problem(
        "kowalik_osborne",
        texts.kowalik_osborne(),
        _xs("0.25 0.39 0.415 0.39"),
        {_xs("0.19281 0.19128 0.12306 0.13606"): "0.000307505"},
        "MGH 15; value at the start MINPACK",
        "0.00531317227",
    ),
    Problem(
        "brown_dennis",
        texts.brown_dennis(),
        _xs("25 5 -5 -1"),
        {_xs("-11.59444 13.20363 -0.40344 0.23678"): "85822.2"},
        "MGH 16, m = 20; place Burkardt's test_opt; value at the start TOMS 566",
        "7.93e6",
    ),
    Problem(
        "osborne_1",
        texts.osborne_1(),
        _xs("0.5 1.5 -1 0.01 0.02"),
        {_xs("0.375410 1.935847 -1.464687 0.0128675 0.0221227"): "0.0000546489"},
        "MGH 17",
        "0.879026",
    ),
    Problem(
        "biggs_exp6",
        texts.biggs_exp6(),
        _xs("1 2 1 1 1 1"),
        {_xs("1 10 1 5 4 3"): "0", _xs("4 10 3 5 1 1"): "0"},
        "MGH 18, m = 13, whose 0.00565565 is no minimum: `SADDLE_OF_BIGGS`; value at the start TOMS 566",
        "7.79e-1",
    ),
    Problem(
        "watson",
        texts.watson(6),
        _xs("0 " * 6),
        {_xs("-0.015725 1.012435 -0.232992 1.260430 -1.513729 0.992996"): "0.00228767"},
        "MGH 20, n = 6; place and value at the start MINPACK",
        "30",
    ),
    Problem("extended_rosenbrock", texts.rosenbrock(10), _xs("-1.2 1 " * 5), {_xs("1 " * 10): "0"}, "MGH 21, n = 10", "121.0"),
    Problem("extended_powell", texts.powell_singular(8), _xs("3 -1 0 1 3 -1 0 1"), {_xs("0 " * 8): "0"}, "MGH 22, n = 8", "430"),
    Problem(
        "penalty_1",
        texts.penalty_1(4),
        _xs("1 2 3 4"),
        {_xs("0.2500075 0.2500075 0.2500075 0.2500075"): "2.24997e-5"},
        "MGH 23, n = 4",
    ),
    Problem(
        "penalty_1_of_10",
        texts.penalty_1(10),
        _xs("1 2 3 4 5 6 7 8 9 10"),
        {_xs("0.1581223 " * 10): "7.08765e-5"},
        "MGH 23, n = 10",
    ),
    Problem(
        "penalty_2",
        texts.penalty_2(4),
        _xs("0.5 0.5 0.5 0.5"),
        {_xs("0.1999993334 0.191316701 0.4801014853 0.5188454044"): "9.37629e-6"},
        "MGH 24, n = 4",
    ),
    Problem(
        "variably_dimensioned",
        texts.variably_dimensioned(10),
        _xs(" ".join(f"{10 - j}/10" for j in range(1, 11))),
        {_xs("1 " * 10): "0"},
        "MGH 25, n = 10; closed form at the start",
        "2198551.1625",
    ),
    Problem(
        "trigonometric",
        texts.trigonometric(10),
        _xs("0.1 " * 10),
        {
            _xs("0 " * 10): "0",
            _xs(
                "0.0551509 0.0568406 0.0587640 0.0609906 0.0636262 0.0668432 0.2081615 0.1643631 0.0850069 0.0914315"
            ): "2.79506e-5",
        },
        "MGH 26, n = 10",
    ),
    Problem(
        "brown_almost_linear",
        texts.brown_almost_linear(10),
        _xs("0.5 " * 10),
        {_xs("1 " * 10): "0", _xs("0.9794303 " * 9 + "1.2056970"): "0.00000", _xs("0 " * 9 + "11"): "1"},
        "MGH 27, n = 10",
        "273.248048",
    ),
    Problem(
        "discrete_boundary",
        texts.discrete_boundary(10),
        _xs(" ".join(f"{i}/11*({i}/11-1)" for i in range(1, 11))),
        {
            _xs(
                "-0.0431650 -0.0815772 -0.1144857 -0.1409736 -0.1599087 -0.1698772 -0.1690900 -0.1552495 -0.1253559 -0.0754165"
            ): "0.00000"
        },
        "MGH 28, n = 10",
    ),
    Problem(
        "broyden_tridiagonal",
        texts.broyden_tridiagonal(10),
        _xs("-1 " * 10),
        {
            _xs(
                "-0.5707221 -0.6818069 -0.7022101 -0.7055106 -0.7049062 -0.7014966 -0.6918893 -0.6657965 -0.5960351 -0.4164123"
            ): "0.00000"
        },
        "MGH 30, n = 10; closed form at the start",
        "21",
    ),
    Problem(
        "chebyquad",
        texts.chebyquad_4(),
        _xs("1/5 2/5 3/5 4/5"),
        {_xs("0.1026728 0.4062037 0.5937963 0.8973272"): "0.00000"},
        "MGH 35, n = 4; place Burkardt's test_opt",
    ),
    # CUTE
    Problem("cube", "100*(y-x^3)^2+(1-x)^2", TWO, {ONE: "0"}, "CUTE CUBE; Leon 1966"),
    Problem(
        "brkmcc",
        "(x-2)^2+(y-1)^2+0.04/(1-0.25*x^2-y^2)+5*(x-2*y+1)^2",
        "x=2, y=2",
        {"x=1.7954029, y=1.3778598": "0.16904268"},
        "CUTE BRKMCC",
        "5.99",
    ),
    Problem("cliff", "((x-3)/100)^2-(x-y)+exp(20*(x-y))", "x=0, y=-1", {"x=3, y=3.1497866": "0.199786613"}, "CUTE CLIFF"),
    Problem(
        "engval_2",
        "(x^2+y^2+z^2-1)^2+(x^2+y^2+(z-2)^2-1)^2+(x+y+z-1)^2+(x+y-z+1)^2+(3*y^2+x^3+(5*z-x+1)^2-36)^2",
        "x=1, y=2, z=0",
        {"x=0, y=0, z=1": "0"},
        "CUTE ENGVAL2",
        "629",
    ),
    Problem("himmelblau_g", "exp(-x-y)*(2*x^2+3*y^2)", "x=0.5, y=0.5", {"x=0, y=0": "0"}, "CUTE HIMMELBG; Himmelblau 1972"),
    Problem("himmelblau_h", "-3*x-2*y+2+x^3+y^2", "x=0, y=2", {ONE: "-1"}, "CUTE HIMMELBH; a local minimum", "2"),
    Problem("zangwill_2", "(16*x^2+16*y^2-8*x*y-56*x-256*y+991)/15", "x=3, y=8", {"x=4, y=9": "-18.2"}, "CUTE ZANGWIL2", "-16.6"),
    Problem("sineval", "10^4*(y-sin(x))^2+x^2/4", "x=4.712389, y=-1", {"x=0, y=0": "0"}, "CUTE SINEVAL", "5.5516525"),
    Problem("sisser", "3*x^4-2*x^2*y^2+3*y^4", "x=1, y=0.1", {"x=0, y=0": "0"}, "CUTE SISSER", "2.9803"),
    Problem("denschn_a", "x^4+(x+y)^2+(exp(y)-1)^2", ONE, {"x=0, y=0": "0"}, "CUTE DENSCHNA; Dennis and Schnabel 1983"),
    Problem("denschn_b", "(x-2)^2+((x-2)*y)^2+(y+1)^2", ONE, {"x=2, y=-1": "0"}, "CUTE DENSCHNB; Dennis and Schnabel 1983", "6"),
    Problem("denschn_c", "(x^2+y^2-2)^2+(exp(x-1)+y^3-2)^2", "x=2, y=3", {ONE: "0"}, "CUTE DENSCHNC; Dennis and Schnabel 1983"),
    Problem(
        "denschn_f",
        "(2*(x+y)^2+(x-y)^2-8)^2+(5*x^2+(y-3)^2-9)^2",
        "x=2, y=0",
        {ONE: "0"},
        "CUTE DENSCHNF; Dennis and Schnabel 1983",
        "416",
    ),
    # The library of simulation experiments and others, which know no starts
    _known(
        "himmelblau",
        ONE,
        {
            "x=3, y=2": "0",
            "x=-2.805118, y=3.131313": "0.00000",
            "x=-3.779310, y=-3.283186": "0.00000",
            "x=3.584428, y=-1.848127": "0.00000",
        },
        "Himmelblau 1972; start Andrei, Advanced Modeling and Optimization 10 (2008) 147",
        "106",
    ),
    _known("booth", "x=0, y=0", {"x=1, y=3": "0"}, f"VLSE{OURS}", "74"),
    _known("matyas", "x=10, y=10", {"x=0, y=0": "0"}, f"VLSE{OURS}", "4"),
    _known(
        "branin",
        "x=2, y=3",
        {"x=pi, y=2.275": "0.397887", "x=-pi, y=12.275": "0.397887", "x=3*pi, y=2.475": "0.397887"},
        f"VLSE; Dixon and Szegő 1978{OURS}",
    ),
    _known(
        "goldstein_price",
        "x=-0.5, y=0.3",
        {"x=0, y=-1": "3", "x=-3/5, y=-2/5": "30", "x=9/5, y=1/5": "84", "x=6/5, y=4/5": "840"},
        f"Goldstein and Price 1971; VLSE{OURS}",
    ),
    _known(
        "six_hump_camel",
        "x=1.3, y=-0.7",
        {
            "x=0.0898420, y=-0.7126564": "-1.0316285",
            "x=-0.0898420, y=0.7126564": "-1.0316285",
            "x=1.7036067, y=-0.7960836": "-0.2154638",
            "x=1.6071048, y=0.5686515": "2.1042503",
        },
        f"VLSE; Dixon and Szegő 1978{OURS}",
    ),
    _known(
        "three_hump_camel",
        "x=1.3, y=-0.7",
        {"x=0, y=0": "0", "x=1.7475523, y=-0.8737762": "0.2986384", "x=-1.7475523, y=0.8737762": "0.2986384"},
        f"VLSE{OURS}",
    ),
    _known(
        "mccormick",
        "x=0, y=0",
        {
            "x=1/2-pi/3, y=-1/2-pi/3": "-sqrt(3)/2-pi/3",
            "x=-0.5471976, y=-1.5471976": "-1.9132230",
            "x=1/2+2*pi/3, y=-1/2+2*pi/3": "-sqrt(3)/2+2*pi/3",
        },
        "Hock and Schittkowski 1981, problem 5, without its bounds; minima lie a multiple of pi apart",
        "1",
    ),
    Problem(
        "styblinski_tang_5",
        texts.styblinski_tang(5),
        _xs("0 " * 5),
        {_xs("-2.9035340 " * 5): "-195.8308285"},
        f"VLSE, n = 5{OURS}",
        "0",
    ),
    Problem("zakharov_10", texts.zakharov(10), _xs("1 " * 10), {_xs("0 " * 10): "0"}, f"VLSE, n = 10{OURS}", "572680.3125"),
    Problem(
        "dixon_price_10",
        texts.dixon_price(10),
        _xs("1 " * 10),
        {_xs(" ".join(f"2^(-(2^{i}-2)/2^{i})" for i in range(1, 11))): "0"},
        f"VLSE, n = 10{OURS}",
        "54",
    ),
    Problem("trid_6", texts.trid(6), _xs("0 " * 6), {_xs("6 10 12 12 10 6"): "-50"}, f"VLSE, n = 6{OURS}", "6"),
)

# What TOMS 566 starts from at other sizes: Moré, Garbow and Hillstrom, ACM Transactions on Mathematical Software 7 (1981) 136.
STARTS_OF_566: tuple[tuple[str, str, str], ...] = (
    (texts.variably_dimensioned(40), _xs(" ".join(f"{40 - j}/40" for j in range(1, 41))), "9.39e10"),
    (texts.penalty_1(60), _xs(" ".join(map(str, range(1, 61)))), "5.45e9"),
    (texts.penalty_2(65), _xs("1/2 " * 65), "2.87e5"),
    (texts.trigonometric(40), _xs("1/40 " * 40), "2.01e-3"),
    (texts.rosenbrock(40), _xs("-1.2 1 " * 20), "4.84e2"),
    (texts.powell_singular(60), _xs("3 -1 0 1 " * 15), "3.23e3"),
    (texts.watson(9), _xs("0 " * 9), "3.00e1"),
)

# MGH's second minimum of `biggs_exp6` keeps x1 = x5 and x3 = x6, as the start does; the function falls where they part.
SADDLE_OF_BIGGS = _xs("1.7114159 17.6831969 1.1631436 5.1865615 1.7114159 1.1631436")
