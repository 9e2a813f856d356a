"""The published tables and the priors of the bundled case agree with themselves and with each other."""

from importlib.resources import files

import pandas as pd
import pytest

CASE = files("cordillera.data") / "cases" / "peru-2002"
TABLES = {"1": 133, "2": 81, "3": 168, "4": 312, "5": 102, "6": 60, "a3": 36}
SKILLS = ("skilled", "semi_skilled", "unskilled")
REGIONS = ("national", "coast", "inland")
ROUNDING = 1.0


def read(path: str) -> pd.DataFrame:
    return pd.read_csv(str(CASE / path), keep_default_na=False, na_values=[""])


def table_4_rows() -> tuple[str, ...]:
    return tuple(dict.fromkeys(read("published/table_4.csv")["row"]))


@pytest.mark.parametrize(("name", "rows"), TABLES.items())
def test_every_published_table_has_all_its_rows_each_with_a_source(name: str, rows: int) -> None:
    table = read(f"published/table_{name}.csv")
    assert len(table) == rows
    assert table["source"].str.contains(f"Table {name.upper()}").all()
    assert not table.duplicated([column for column in table if column not in ("value", "note", "source")]).any()
    assert pd.to_numeric(table["trade_elasticity" if name == "a3" else "value"]).notna().all()


def test_table_1_adds_up_over_groups_areas_and_skills() -> None:
    table = read("published/table_1.csv")
    value = table[table.year != 2006].set_index(["item", "year", "area", "group"])["value"]
    for item, year in (("population", 2004), ("employment", 2002)):
        for area in ("coast", "inland"):
            parts = value[item, year, area, "rural"] + value[item, year, area, "urban"]
            assert abs(parts - value[item, year, area, "both"]) <= ROUNDING
        both = value[item, year, "coast", "both"] + value[item, year, "inland", "both"]
        assert abs(both - value[item, year, "national", "both"]) <= ROUNDING
    for area in REGIONS:
        sectors = [f"gdp_{name}" for name in ("agriculture", "mining", "manufacturing", "other_industry", "services")]
        gdp = value["gdp", 2002, area, "both"]
        assert abs(sum(value[item, 2002, area, "both"] for item in sectors) - gdp) <= 2 * ROUNDING
        workers = [value[f"employment_{skill}", 2002, area, "both"] for skill in SKILLS]
        assert abs(sum(workers) - value["employment", 2002, area, "both"]) <= ROUNDING
        bill = sum(
            count * value[f"wage_{skill}", 2002, area, "both"] for count, skill in zip(workers, SKILLS, strict=True)
        )
        assert bill / sum(workers) == pytest.approx(value["wage", 2002, area, "both"], rel=1e-3)


@pytest.mark.parametrize("region", ["coast", "inland"])
@pytest.mark.parametrize(("along", "across"), [("row", "column"), ("column", "row")])
def test_table_2_meets_its_printed_totals_within_rounding(region: str, along: str, across: str) -> None:
    table = read("published/table_2.csv")
    cells = table[(table.region == region) & (table[along] != "total")]
    printed = cells[cells[across] == "total"].set_index(along)["value"]
    summed = cells[cells[across] != "total"].groupby(along)["value"].sum()
    assert set(printed.index) == set(summed.index)
    assert ((printed - summed).abs() <= ROUNDING).all()


def test_table_2_names_the_one_cell_that_is_restored() -> None:
    restored = read("published/table_2.csv").dropna(subset="note")
    assert restored[["region", "row", "column", "value"]].to_numpy().tolist() == [
        ["inland", "regional_linkages", "factors", 1154]
    ]


def test_table_2_books_what_one_region_buys_as_what_the_other_sells() -> None:
    value = read("published/table_2.csv").set_index(["region", "row", "column"])["value"]
    for buyer, seller in (("coast", "inland"), ("inland", "coast")):
        bought = value[buyer, "regional_linkages", "commodities"]
        assert bought == value[seller, "commodities", "regional_linkages"]
    sent = value["inland", "regional_linkages", "factors"]
    assert sent == value["coast", "factors", "regional_linkages"]


def test_table_3_contributions_add_up_to_growth() -> None:
    table = read("published/table_3.csv")
    parts = table[table.item.str.startswith("growth_contribution_")]
    total = parts[parts.item == "growth_contribution_total"].set_index(["area", "scenario"])["value"]
    summed = parts[parts.item != "growth_contribution_total"].groupby(["area", "scenario"])["value"].sum()
    for key, printed in total.items():
        assert summed[key] == pytest.approx(printed, abs=0.11 if key[1] == "initial" else 0.021)
    gdp = table[(table.item == "gdp") & (table.scenario != "initial")].set_index(["area", "scenario"])["value"]
    for key in total.index:
        assert key[1] == "initial" or total[key] == gdp[key]


def test_table_4_has_208_deviations_of_which_206_have_a_sign() -> None:
    table = read("published/table_4.csv")
    deviations = table[table.measure == "deviation_from_baseline"]
    assert (len(table_4_rows()), len(deviations)) == (26, 208)
    assert (deviations.value.abs() > 0.005).sum() == 206
    assert (deviations.value.abs() > 0.1).sum() == 164


@pytest.mark.parametrize("region", ["coast", "inland"])
def test_table_4_rows_add_up_to_their_groups_and_the_total(region: str) -> None:
    table = read("published/table_4.csv")
    gdp = table[(table.scenario == "initial") & (table.region == region)].set_index("row")["value"]
    parents = read("priors/sectors.csv").drop_duplicates("row").set_index("row")["parent"]
    for group in ("agriculture", "manufacturing"):
        members = [row for row in parents.index if parents[row] == group]
        assert len(members) == 8
        assert abs(gdp[members].sum() - gdp[group]) <= ROUNDING
    assert abs(gdp[parents.unique()].sum() - gdp["total_gdp"]) <= ROUNDING


def test_table_4_deviations_agree_with_the_rates_of_table_3() -> None:
    rates = read("published/table_3.csv").query("item == 'gdp'").set_index(["area", "scenario"])["value"]
    table = read("published/table_4.csv")
    for row in table[(table["row"] == "total_gdp") & (table.scenario != "initial")].itertuples():
        base = 0.0 if row.scenario == "baseline" else rates[row.region, "baseline"]
        assert row.value == pytest.approx(rates[row.region, row.scenario] - base, abs=0.0151)


def test_tables_5_and_6_start_from_table_1() -> None:
    first = read("published/table_1.csv").set_index(["item", "year", "area", "group"])["value"]
    factors = read("published/table_5.csv")
    for row in factors[factors.scenario == "initial"].itertuples():
        assert row.value == first[f"{row.measure}_{row.skill}", 2002, row.region, "both"]
    items = {"population": "population", "dependency_ratio": "dependency_ratio"}
    people = read("published/table_6.csv")
    for row in people[people.scenario == "initial"].itertuples():
        if row.item in items:
            assert row.value == first[row.item, 2004, row.area, "both"]
        else:
            assert row.value == first["expenditure_per_capita", 2002, row.area, row.household]


def test_priors_cover_37_sectors_with_the_published_elasticities_and_families() -> None:
    sectors = read("priors/sectors.csv").set_index("code")
    assert len(sectors) == 37
    assert sectors.family.value_counts().to_dict() == {
        "agriculture": 15,
        "mining": 1,
        "manufacturing": 12,
        "services": 9,
    }
    elasticity = read("published/table_a3.csv").set_index("code")["trade_elasticity"]
    assert sectors["trade_elasticity"].dropna().to_dict() == elasticity.to_dict()
    assert set(sectors["row"]) <= set(table_4_rows())
    assert set(sectors["parent"]) <= set(table_4_rows())
    for column in ("value_added_share", "regional_margin", "tariff", "sales_tax"):
        assert sectors[column].between(0, 1).all()
    shares = sectors.groupby("row")[["group_share_coast", "group_share_inland"]].sum(min_count=1).dropna()
    assert ((shares - 1).abs() < 1e-12).all(axis=None)


def test_prior_shares_sum_to_one_where_they_are_shares() -> None:
    factors = read("priors/factor_shares.csv")
    assert len(factors) == 74
    assert (factors[[*SKILLS, "land", "capital"]].sum(axis=1) - 1).abs().max() < 2e-6
    mix = read("priors/intermediate_mix.csv").groupby("activity")["share_of_intermediate_cost"].sum()
    assert len(mix) == 37
    assert mix.between(0.97, 1.03).all()
    demand = read("priors/demand_and_trade.csv")
    for column in ("government_mix", "investment_mix_coast", "investment_mix_inland"):
        assert demand[column].sum() == pytest.approx(1)
    households = read("priors/households.csv")
    for column in ("budget_share_rural", "budget_share_urban"):
        assert households[column].sum() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("suffix", ["", "_inferred"])
def test_each_good_is_traded_between_the_regions_in_one_direction_only(suffix: str) -> None:
    trade = read("priors/demand_and_trade.csv")
    inland, coast = (
        trade[f"regional_exports_inland_to_coast{suffix}"],
        trade[f"regional_exports_coast_to_inland{suffix}"],
    )
    assert (inland * coast == 0).all()
    assert ((inland > 0) | (coast > 0)).sum() == 34


def test_every_prior_has_a_source_and_a_known_sector() -> None:
    codes = set(read("priors/sectors.csv")["code"])
    for name in ("sectors", "demand_and_trade", "factor_shares", "households", "intermediate_mix", "scalars"):
        table = read(f"priors/{name}.csv")
        assert table["source"].notna().all()
        for column in {"code", "activity", "input"} & set(table):
            assert set(table[column]) <= codes


def test_the_base_year_that_the_engine_reads_is_the_published_one() -> None:
    cells = ["region", "row", "column"]
    printed = read("published/table_2.csv").set_index(cells)["value"]
    for row in read("economy/macro_sam.csv").itertuples():
        assert row.value == printed[row.region, row.row, row.column]
    table = read("published/table_4.csv")
    initial = table[table.scenario == "initial"].set_index(["row", "region"])["value"]
    for row in read("economy/value_added.csv").itertuples():
        assert row.value == initial[row.row, row.region]
