"""What a run reports: levels by cell and year, sums by area, and the indicators of a corridor study."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..interface import Output
from . import indicators
from .accounts import Accounts
from .indicators import FLOW_STATISTICS, LORENZ_POINTS, READINGS, TAILS, Places

Floats = NDArray[np.float64]

AREAS = ("corridor", "neighbours", "region", "home")
MONEY_AREAS = ("home", "region")
PERCENT = "%"
# Levels of every cell and year: name, unit, label.
LEVELS = (
    ("population", "people", "Population"),
    ("income", "world mean of year 0 = 1", "Real income a head"),
    ("utility", "index", "Utility"),
    ("real_wage", "world mean income of year 0 = 1", "Real wage"),
    ("land_rent", "mean wages a unit of land", "Land rent"),
    ("amenity", "index", "Amenity"),
    ("price_level", "index", "Price level over the mean wage"),
    ("productivity", "index", "Productivity, tau L^alpha"),
    ("technology", "index", "Productivity, (tau L^alpha)^(1/theta)"),
    ("openness", "share", "Share of spending on goods of other cells"),
)
# Levels of which gaps to the baseline are reported by place and as maps.
GAPS = ("income", "population", "utility", "productivity", "technology", "openness", "gdp")
# Gaps that are reported of every location of the world.
WORLD_GAPS = ("income", "population", "gdp")
_LABELS = {name: label for name, _, label in LEVELS} | {"gdp": "Gross product"}
# A real wage is a constant share of income a head, so that a map of wages would be the same.
_MAP_LABELS = _LABELS | {"income": "Real income a head, and real wages"}


@dataclass(frozen=True, slots=True)
class Money:
    """Observed sums in millions of dollars a year, and the investment in millions."""

    annual_cost: float
    investment: float
    gdp_home: float
    gdp_region: float

    @property
    def products(self) -> Floats:
        """Observed product of each of `MONEY_AREAS`."""
        return np.array([self.gdp_home, self.gdp_region])


def list_outputs(with_money: bool, kind: Literal["float32", "float64"] = "float32") -> dict[str, Output]:
    """Every output by name; those by cell are stored as `kind`."""
    section = "section VI"
    listed = [Output(name, ("year", "cell"), unit, f"{label} by cell", "", kind) for name, unit, label in LEVELS]
    for name in GAPS:
        words = f"{_LABELS[name]}: mean gap to the baseline over cells and years"
        listed.append(Output(f"{name}_gap", ("place",), PERCENT, words, section))
        listed.append(
            Output(f"{name}_gap_map", ("cell",), PERCENT, f"{_MAP_LABELS[name]}: mean gap to the baseline", "", kind)
        )
    for name in WORLD_GAPS:
        words = f"{_LABELS[name]}: mean gap to the baseline, whole world"
        listed.append(Output(f"{name}_gap_world", ("location",), PERCENT, words, "", kind))
    listed += [
        Output("income_world", ("location",), LEVELS[1][1], "Income a head, last year, whole world", "", kind),
        Output("population_world", ("location",), "people", "Population, last year, whole world", "", kind),
        Output(
            "flow_gap_map",
            ("cell",),
            "% a year",
            "Net flow of people over those of year 0: mean gap to the baseline",
            "section VI.c",
            kind,
        ),
        Output("area_income", ("year", "area"), "world mean of year 0 = 1", "Income a head"),
        Output("area_population", ("year", "area"), "people", "People"),
        Output("area_gdp", ("year", "area"), "world mean incomes of year 0", "Gross product"),
        Output("gain", ("reading", "money_area"), PERCENT, "Gain of a year, by how it is read", section),
        Output("discounted_gain", ("money_area",), PERCENT, "Discounted gain in gross product", section),
        Output("flow_gap", ("statistic",), PERCENT, "Net flows of people against the baseline", section),
        Output("dilution", ("measure",), "share", "Mean gap of the region over that of the corridor", section),
        Output("gini", ("area",), "index", "Gini of gross product by cell, last year", "section VI.b"),
        Output("income_gini", ("area",), "index", "Gini of income a head by people, last year", "section VI.b"),
        Output(
            "lorenz",
            ("area", "percentage"),
            "share",
            "Share of the poorest cells in gross product, last year",
            "section VI.b",
        ),
        Output(
            "income_lorenz",
            ("area", "percentage"),
            "share",
            "Share of income of the people with the lowest incomes, last year",
            "section VI.b",
        ),
        Output("inclusive_value_gap", (), PERCENT, "What a mover can expect anywhere, last year", ""),
        Output("movers", ("year",), PERCENT, "People of the world who move to another location"),
        Output("world_growth", ("year",), "% a year", "Growth of the real product of the world"),
    ]
    if with_money:
        listed += [
            Output("gain_dollars", ("reading", "money_area"), "million US dollars a year", "Gain in dollars", section),
            Output("benefit_over_cost", ("reading", "money_area"), "ratio", "Gain over the annual cost", "section II"),
            Output("annual_return", ("reading", "money_area"), "% a year", "Return on the investment", "section II"),
        ]
    return {output.name: output for output in listed}


def areas_of(places: Places) -> tuple[str, ...]:
    """Those of `AREAS` that have cells."""
    return tuple(name for name in AREAS if name in places.groups)


def coordinates_of_places(places: Places) -> tuple[str, ...]:
    """Labels of the groups of cells."""
    return (*places.groups, *TAILS)


def coordinates(labels: Sequence[str], places: Places, years: int, locations: Sequence[str]) -> dict[str, tuple]:
    """Labels of every dimension."""
    return {
        "location": tuple(locations),
        "year": tuple(range(years + 1)),
        "cell": tuple(labels),
        "place": coordinates_of_places(places),
        "area": areas_of(places),
        "money_area": MONEY_AREAS,
        "reading": READINGS,
        "measure": GAPS,
        "statistic": FLOW_STATISTICS,
        "percentage": LORENZ_POINTS,
    }


@dataclass(frozen=True, eq=False)
class WorldSeries:
    """What the whole world does, (year, lane), and what its locations have, (year, location, lane).

    Incomes are relative to the mean income of all people in year 0.
    """

    movers: Floats
    growth: Floats
    log_inclusive_value: Floats
    income: Floats
    population: Floats

    @property
    def gdp(self) -> Floats:
        """Real income of all people of a location."""
        return self.income * self.population


def compute(
    policy: Accounts,
    base: Accounts,
    world: WorldSeries,
    base_world: WorldSeries,
    places: Places,
    money: Money | None,
    beta: Floats,
) -> dict[str, Floats]:
    """All outputs of a path beside the same draw's baseline, each with the lane as its last axis."""
    out: dict[str, Floats] = {name: getattr(policy, name) for name, _, _ in LEVELS}
    poorest, richest = zip(
        *(indicators.tails(base.income[0, :, lane]) for lane in range(base.income.shape[2])), strict=True
    )
    for name in GAPS:
        away = indicators.gap(getattr(policy, name), getattr(base, name)).mean(axis=0)
        out[f"{name}_gap_map"] = away
        out[f"{name}_gap"] = indicators.means_by_place(away, places, poorest, richest)
    for name in WORLD_GAPS:
        out[f"{name}_gap_world"] = indicators.gap(getattr(world, name), getattr(base_world, name)).mean(axis=0)
    out["income_world"], out["population_world"] = world.income[-1], world.population[-1]
    out["flow_gap_map"] = indicators.flow_gap_by_cell(policy, base)
    out |= _areas(policy, places)
    shares = [indicators.gains(policy, base, cells) for cells in (places.home, places.region)]
    out["gain"] = np.stack(shares, axis=1)
    out["discounted_gain"] = np.stack(
        [indicators.discounted_gain(policy, base, cells, beta) for cells in (places.home, places.region)]
    )
    out["flow_gap"] = indicators.flow_gaps(policy, base, places.off_corridor)
    names = coordinates_of_places(places)
    local, wide = (
        np.stack([out[f"{name}_gap"][names.index(place)] for name in GAPS]) for place in ("corridor", "region")
    )
    out["dilution"] = np.divide(wide, local, out=np.zeros_like(wide), where=local != 0.0)
    out["inclusive_value_gap"] = 100.0 * np.expm1(world.log_inclusive_value[-1] - base_world.log_inclusive_value[-1])
    out["movers"], out["world_growth"] = world.movers, world.growth
    if money is not None:
        product = money.products[None, :, None]
        out["gain_dollars"] = out["gain"] / 100.0 * product
        out["benefit_over_cost"] = out["gain_dollars"] / money.annual_cost
        out["annual_return"] = 100.0 * (out["gain_dollars"] - money.annual_cost) / money.investment
    return out


def _areas(levels: Accounts, places: Places) -> dict[str, Floats]:
    """Sums and distributions of each of `AREAS`."""
    cells = [places.groups[name] for name in areas_of(places)]
    gdp = np.stack([levels.gdp[:, chosen].sum(axis=1) for chosen in cells], axis=1)
    people = np.stack([levels.population[:, chosen].sum(axis=1) for chosen in cells], axis=1)
    last_gdp, last_income, last_people = levels.gdp[-1], levels.income[-1], levels.population[-1]
    even = np.ones_like(last_gdp)
    return {
        "area_gdp": gdp,
        "area_population": people,
        "area_income": gdp / people,
        "gini": np.stack([indicators.gini(last_gdp[chosen], even[chosen]) for chosen in cells]),
        "income_gini": np.stack([indicators.gini(last_income[chosen], last_people[chosen]) for chosen in cells]),
        "lorenz": np.stack([indicators.lorenz(last_gdp[chosen], even[chosen]) for chosen in cells]),
        "income_lorenz": np.stack([indicators.lorenz(last_income[chosen], last_people[chosen]) for chosen in cells]),
    }
