"""The engine's door: draws in any batch, what it refuses, null policies, and fundamentals that are held."""

import re
from dataclasses import replace

import numba
import numpy as np
import pytest
from cordillera.engines import Draws, Engine, Outcome, Scenario, Shock, SolveError, UnknownNameError
from cordillera.engines.spatial.indicators import Places
from cordillera.engines.spatial.policy import ScenarioError

GAPS = ("income", "population", "utility", "productivity", "technology", "openness", "gdp")


def mixed_draws(engine: Engine, count: int, seed: int = 0) -> Draws:
    """Draws of which some share their kernels, of the factors that an engine has."""
    draw = np.random.default_rng(seed)
    theta = draw.choice([5.5, 6.5], count)
    columns = {
        "theta": theta,
        "upsilon": draw.choice([0.35, 0.393], count),
        "omega": draw.uniform(0.3, 0.8, count),
        "lambda": draw.uniform(0.2, 0.5, count),
        "income_gradient": draw.uniform(0.0, 0.2, count),
        "cost_cut": draw.choice([0.0, 0.2, 0.35], count),
        "major_road": draw.choice([0.0, 0.1], count),
        "stretch": draw.choice([0.0, 1.0], count),
        "crossing_from": draw.choice([0.0, 1.0], count),
    }
    known = {name: values for name, values in columns.items() if name in engine.factors}
    return Draws(tuple(known), np.stack(list(known.values()), axis=1))


def same_bits(one, two, rows_one, rows_two) -> None:
    for name, values in one.outputs.items():
        np.testing.assert_array_equal(values[:, rows_one], two.outputs[name][:, rows_two], err_msg=name)
    for field in ("outcome", "residual", "iterations"):
        np.testing.assert_array_equal(getattr(one, field)[:, rows_one], getattr(two, field)[:, rows_two])


@pytest.mark.parametrize("name", ["corridor", "small"])
def test_a_draw_has_the_same_bits_in_any_batch_order_and_company(name: str, request) -> None:
    engine = request.getfixturevalue(name)
    draws, scenarios = mixed_draws(engine, 9), list(engine.scenarios.values())
    together = engine.solve_draws(draws, scenarios)
    assert (together.outcome == Outcome.SOLVED).all()
    order = np.random.default_rng(1).permutation(9)
    mixed = engine.solve_draws(Draws(draws.factors, draws.values[order]), scenarios)
    same_bits(mixed, together, np.arange(9), order)
    for row in (0, 4, 8):
        alone = engine.solve_draws(Draws(draws.factors, draws.values[row : row + 1]), scenarios)
        same_bits(alone, together, np.array([0]), np.array([row]))
    twice = engine.solve_draws(Draws(draws.factors, np.concatenate([draws.values[2:7]] * 3)), scenarios)
    same_bits(twice, together, np.arange(15), np.tile(np.arange(2, 7), 3))


def test_the_number_of_threads_changes_no_bit(globe, make_engine, tmp_path, monkeypatch) -> None:
    before, found = numba.get_num_threads(), []
    try:
        for threads in sorted({1, numba.config.NUMBA_NUM_THREADS}):
            numba.set_num_threads(threads)
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / str(threads)))
            found.append(make_engine(globe).solve({}, ["cost_cut", "major_road"]))
    finally:
        numba.set_num_threads(before)
    assert found[0].identical(found[-1])


def test_the_part_of_the_line_is_that_of_each_draw_even_where_nothing_is_built(small, corridor) -> None:
    """Draws with one kernel are solved side by side, but their groups of cells may differ."""
    whole = small.places[False]
    rest = Places({**whole.groups, "corridor": whole.corridor[2:]})
    factors = {**small.factors, "stretch": corridor.factors["stretch"]}
    engine = replace(small, places={False: whole, True: rest}, factors=factors)
    both = Draws(("stretch",), np.array([[0.0], [1.0]]))
    together = engine.solve_draws(both, [], ["area_population"])
    for row in (0, 1):
        alone = engine.solve_draws(Draws(("stretch",), both.values[row : row + 1]), [], ["area_population"])
        same_bits(alone, together, np.array([0]), np.array([row]))


@pytest.mark.parametrize("name", ["corridor", "small"])
def test_a_project_of_no_size_moves_nothing_bit_by_bit(name: str, request) -> None:
    engine = request.getfixturevalue(name)
    found = engine.solve({"cost_cut": 0.0, "major_road": 0.0}, list(engine.scenarios))
    for output in found:
        if "gap" in str(output) or output in ("gain", "gain_dollars", "dilution"):
            assert (found[output] == 0).all(), output
        for scenario in engine.scenarios:
            np.testing.assert_array_equal(
                found[output].sel(scenario=scenario), found[output].sel(scenario="baseline"), err_msg=str(output)
            )


def test_the_baseline_has_no_gap_to_itself(corridor) -> None:
    found = corridor.solve({}, ["cost_cut"]).sel(scenario="baseline")
    for gap in GAPS:
        assert (found[f"{gap}_gap"] == 0).all()
        assert (found[f"{gap}_gap_map"] == 0).all()


@pytest.mark.parametrize("name", ["corridor", "small"])
def test_the_default_draw_is_the_same_whether_fundamentals_are_held_or_found(name: str, request) -> None:
    engine = request.getfixturevalue(name)
    held = replace(engine, held=True)
    one, two = (each.solve({}, ["cost_cut"]) for each in (engine, held))
    for output in one:
        np.testing.assert_array_equal(one[output], two[output], err_msg=str(output))


def test_other_draws_keep_the_fundamentals_of_the_default_one_where_they_are_held(small) -> None:
    held = replace(small, held=True)
    one, two = (each.solve({"omega": 0.6, "theta": 5.0}, ["cost_cut"]) for each in (small, held))
    assert np.abs(one["population"] / two["population"] - 1)[0, 1:].max() > 1e-3
    # Amenities of the default draw, whatever its parameters.
    central = small.solve({}, [], ["amenity"])["amenity"]
    np.testing.assert_allclose(two["amenity"][0, 0], central[0, 0], rtol=1e-6)


BROKEN = [
    ({"xi": 1.25}, "cost of innovation"),
    ({"theta": 4.0, "rho": 0.85}, "love of variety"),
    ({"omega": 0.05, "lambda": 0.0, "mu": 0.95, "alpha": 0.6, "gamma1": 0.3, "xi": 10.0}, "one equilibrium"),
    ({"theta": 2.0}, r"theta = 2 lies outside \[3, 15\]"),
    ({"cost_cut": 0.7}, r"cost_cut = 0.7 lies outside \[0, 0.5\]"),
]


@pytest.mark.parametrize(("draw", "words"), BROKEN)
def test_a_draw_outside_the_model_is_told_with_its_condition(corridor, draw: dict, words: str) -> None:
    draws = Draws(tuple(draw), np.array([list(draw.values())]))
    (reason,) = corridor.infeasible(draws).values()
    assert re.search(words, reason)


def test_a_kernel_out_of_reach_of_the_groups_names_the_resolution(corridor, small) -> None:
    draws = Draws(("theta", "upsilon"), np.array([[6.5, 0.393], [15.0, 1.0], [3.5, 0.1]]))
    found = corridor.infeasible(draws)
    assert list(found) == [1, 2]
    assert 'resolution = "full"' in found[1]
    assert "15" in found[1]
    assert small.infeasible(draws) == {}


def test_refused_draws_are_left_out_and_the_others_solved(corridor) -> None:
    draws = Draws(("xi", "omega"), np.array([[125.0, 0.5], [1.25, 0.5], [125.0, 0.5]]))
    found = corridor.solve_draws(draws, [corridor.scenarios["cost_cut"]])
    assert found.outcome.tolist() == [[1, 3, 1]] * 2
    for values in found.outputs.values():
        assert np.isnan(values[:, 1]).all()
        assert np.isfinite(values[:, [0, 2]]).all()
        np.testing.assert_array_equal(values[:, 0], values[:, 2])
    with pytest.raises(SolveError, match="cost of innovation"):
        corridor.solve({"xi": 1.25})


def test_two_changes_at_once_need_full_resolution(corridor, small) -> None:
    both = Scenario("both", "Both", (Shock("cost_cut", "add", 0.2), Shock("crossing", "add", 0.1)))
    with pytest.raises(SolveError):
        corridor.solve({}, [both])
    found = small.solve({}, [both, "cost_cut", "major_road"], ["income_gap"])["income_gap"].sel(place="corridor")
    assert found.sel(scenario="both") > found.sel(scenario="major_road")


@pytest.mark.parametrize(
    "shock",
    [
        Shock("cost_cut", "add", 0.1, region="north"),
        Shock("cost_cut", "add", 0.1, sectors=("a",)),
        Shock("cost_cut", "add", 0.1, first_year=3),
        Shock("crossing", "add", 0.1, last_year=5),
        Shock("tariff", "add", 0.1),
    ],
)
def test_a_scenario_that_a_corridor_cannot_have_is_refused(corridor, shock: Shock) -> None:
    with pytest.raises(ScenarioError):
        corridor.solve({}, [Scenario("own", "Own", (shock,))])


def test_what_takes_long_is_made_ready_once_and_told(globe, make_engine, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    steps: list[tuple[int, int]] = []
    engine = make_engine(globe)
    engine.prepare(lambda done, of: steps.append((done, of)))
    assert steps
    assert steps[-1][0] == steps[-1][1]
    steps.clear()
    make_engine(globe).prepare(lambda done, of: steps.append((done, of)))
    assert steps == []
    engine.prepare()


def test_names_that_do_not_exist_are_told_with_those_that_do(corridor) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'theta'"):
        corridor.solve({"thetta": 6.0})
    with pytest.raises(UnknownNameError, match="Did you mean 'income_gap'"):
        corridor.solve({}, [], ["income_gep"])
    with pytest.raises(UnknownNameError, match="cost_cut"):
        corridor.solve({}, ["cost_cutt"])


def test_a_shock_of_an_unknown_factor_is_told_in_words(corridor) -> None:
    with pytest.raises((ScenarioError, UnknownNameError), match="cost_cat"):
        corridor.solve({}, [Scenario("own", "Own", (Shock("cost_cut", "add", "cost_cat"),))])


def test_outputs_have_the_dimensions_and_labels_that_they_are_said_to_have(corridor) -> None:
    assert isinstance(corridor, Engine)
    found = corridor.solve({}, ["major_road"])
    assert set(found.data_vars) == set(corridor.outputs)
    for name, output in corridor.outputs.items():
        assert found[name].dims == ("scenario", *output.dims), name
        assert str(found[name].dtype) == output.dtype
        assert found[name].attrs["units"] == output.unit
        assert np.isfinite(found[name]).all(), name
    assert len(found["cell"]) == len(set(found["cell"].values.tolist()))


def test_the_deeper_cut_gives_more_than_the_crossing_by_every_reading_of_the_gain(corridor) -> None:
    found = corridor.solve({}, ["major_road", "cost_cut"])
    gain = found["gain"]
    assert (gain.sel(scenario="major_road") > 0).all()
    assert (gain.sel(scenario="cost_cut") > gain.sel(scenario="major_road")).all()


@pytest.mark.parametrize("name", ["corridor", "small"])
@pytest.mark.parametrize("scenario", ["major_road", "cost_cut"])
def test_cells_of_the_line_buy_more_from_others(name: str, scenario: str, request) -> None:
    engine = request.getfixturevalue(name)
    found = engine.solve({}, [scenario], ["openness_gap"])["openness_gap"].sel(scenario=scenario, place="corridor")
    assert float(found) > 0


def test_a_deeper_cut_gives_more_at_every_step(corridor) -> None:
    draws = Draws(("cost_cut",), np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [0.5]]))
    found = corridor.solve_draws(draws, [corridor.scenarios["cost_cut"]], ["income_gap", "population_gap", "gain"])
    for values in found.outputs.values():
        steps = np.diff(values[1], axis=0)
        assert (steps[:, 0] > 0).all()


def test_the_gains_in_money_follow_from_those_in_per_cent(corridor) -> None:
    found = corridor.solve({}, ["cost_cut"]).sel(scenario="cost_cut")
    money = corridor.money
    dollars = found["gain"].sel(money_area="home") / 100 * money.gdp_home
    np.testing.assert_allclose(found["gain_dollars"].sel(money_area="home"), dollars, rtol=1e-13)
    np.testing.assert_allclose(
        found["benefit_over_cost"].sel(money_area="home"), dollars / money.annual_cost, rtol=1e-13
    )
    wanted = 100 * (dollars - money.annual_cost) / money.investment
    np.testing.assert_allclose(found["annual_return"].sel(money_area="home"), wanted, rtol=1e-12)


def test_areas_add_up(corridor) -> None:
    found = corridor.solve({}, ["cost_cut"])
    product = found["area_income"] * found["area_population"]
    np.testing.assert_allclose(product, found["area_gdp"], rtol=1e-12)
    people = found["population"].astype(float)
    np.testing.assert_allclose(people.sum("cell"), found["area_population"].sel(area="region"), rtol=1e-6)
    line = [corridor.coords["cell"][place] for place in corridor.places[False].corridor]
    np.testing.assert_allclose(
        people.sel(cell=line).sum("cell"), found["area_population"].sel(area="corridor"), rtol=1e-6
    )
