"""Costs on disk: what is stored comes back, what was made for something else is passed over."""

from dataclasses import replace

import numpy as np
import pytest
from cordillera.data.archive import save_archive
from cordillera.engines.spatial.fine_costs import FineCosts
from cordillera.engines.spatial.grouping import group_far_places
from cordillera.engines.spatial.infrastructure import COEFFICIENTS, CostCoefficients
from cordillera.engines.spatial.shelf import FineShelf, GroupedShelf, digest, packed, unpacked


@pytest.fixture(scope="module")
def central(small) -> CostCoefficients:
    return CostCoefficients(*(small.factors[name].default for name in COEFFICIENTS))


@pytest.fixture
def shelf(small, central, tmp_path) -> GroupedShelf:
    geography = small.geography
    project = replace(geography.project, finished=np.array([True, False, False, False, False, True]))
    grouping = group_far_places(geography.world, project, 30)
    return GroupedShelf(geography.open_costs, project, grouping, central, tmp_path / "kernel.npz", "this")


def test_packed_costs_are_unpacked_as_they_were(shelf: GroupedShelf) -> None:
    made = shelf.make()
    found = unpacked(packed(made, "this"))
    single = np.eye(len(made.log_local), made.size, dtype=bool)
    off = np.ones((made.size, made.size), bool)
    off[: len(single)] = ~single
    powers = len(made.powers)
    middle = made.log_cost[powers : 2 * powers]
    for node, (one, two) in enumerate(zip(found.log_cost, made.log_cost, strict=True)):
        apart = np.abs(two - middle[node % powers])
        # Half precision of what sets a node apart from that of the central part of the own cell.
        assert (np.abs(one - two) <= 2.0**-11 * apart + 2.0**-21)[off].all()
    for name in ("powers", "withins", "change_powers", "log_local", "log_weight"):
        np.testing.assert_array_equal(getattr(found, name), getattr(made, name), err_msg=name)
    assert list(found.changes) == list(made.changes)
    for key, change in made.changes.items():
        np.testing.assert_array_equal(found.changes[key].amounts, change.amounts)
        np.testing.assert_array_equal(found.changes[key].pair, change.pair)
        # Half precision: eleven binary digits.
        np.testing.assert_allclose(found.changes[key].gain, change.gain, rtol=2.0**-11, atol=2.0**-24)
    again = packed(found, "this")
    for name, array in packed(made, "this").items():
        np.testing.assert_array_equal(again[name], array, err_msg=name)


def test_a_line_with_finished_stretches_has_changes_of_the_whole_and_of_the_rest(shelf: GroupedShelf) -> None:
    kinds = {"cost_cut", "crossing_other", "crossing_none"}
    assert set(shelf.make().changes) == {(kind, part) for kind in kinds for part in (False, True)}
    rail = replace(shelf, project=replace(shelf.project, mode="rail", finished=np.zeros(6, bool)))
    assert set(rail.make().changes) == {("cost_cut", False), ("crossing_other", False)}


def test_costs_that_come_with_a_case_are_taken_if_they_are_its_own(shelf: GroupedShelf) -> None:
    stored = shelf.make()
    moved = replace(stored, log_local=stored.log_local + 1.0)
    save_archive(shelf.file, packed(moved, "this"))
    np.testing.assert_array_equal(shelf().log_local, moved.log_local)
    other = replace(shelf, identity="another", opened=[])
    np.testing.assert_array_equal(other().log_local, stored.log_local)


def test_costs_are_computed_once_a_machine(shelf: GroupedShelf) -> None:
    mine = replace(shelf, identity="once", opened=[])
    first = mine()
    steps: list[tuple[int, int]] = []
    again = replace(mine, opened=[])(lambda done, of: steps.append((done, of)))
    np.testing.assert_array_equal(again.log_local, first.log_local)
    assert steps == []
    assert mine() is first


def test_steps_are_told_to_the_last(shelf: GroupedShelf) -> None:
    steps: list[tuple[int, int]] = []
    shelf.make(lambda done, of: steps.append((done, of)))
    done, of = steps[-1]
    assert done == of > 10
    assert [step for step, _ in steps] == sorted(step for step, _ in steps)


def test_a_damaged_file_is_named_with_the_remedy(shelf: GroupedShelf) -> None:
    save_archive(shelf.file, packed(shelf.make(), "this"))
    whole = shelf.file.read_bytes()
    shelf.file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OSError, match=r"kernel.npz is damaged.*Delete it"):
        shelf()


def test_central_costs_of_a_world_are_solved_once_a_machine_and_others_leave_no_file(
    small, central, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    told: list[tuple[int, int]] = []
    shelf = FineShelf(small.geography.world, "made up", 8, central)

    def tell(done: int, steps: int) -> None:
        told.append((done, steps))

    one = shelf(central, tell)
    assert told
    assert shelf(central, tell) is one
    told.clear()
    other = shelf(central._replace(rail=0.3), tell)
    assert told
    assert not np.array_equal(other.integral, one.integral)
    told.clear()
    np.testing.assert_array_equal(shelf(central, tell).integral, one.integral)
    assert told == []
    assert isinstance(one, FineCosts)
    assert len(list(tmp_path.rglob("places-*.npy"))) == 1


def test_a_digest_tells_contents_apart_and_no_order_of_keys() -> None:
    assert digest({"a": 1, "b": [1.5]}) == digest({"b": [1.5], "a": 1})
    assert digest([1, 2]) != digest([2, 1])


def test_the_costs_that_come_with_the_bundled_case_are_its_own(corridor) -> None:
    shelf = corridor.geography.open_costs
    with np.load(shelf.file, allow_pickle=False) as stored:
        assert str(stored["identity"]) == shelf.identity, "run python -m cordillera.data.build_kernel pacific-corridor"
    assert corridor.geography.costs.size == corridor.geography.grouping.size
