"""Numbered matrices drawn into the user's cache become levels of the factor `matrix`."""

import shutil
from pathlib import Path

import cordillera
import numpy as np
import pytest
from cordillera.data import CaseError, read_case
from cordillera.engines import Draws
from cordillera.engines.cge.build import Economy
from cordillera.engines.cge.drawn import draw_matrices
from cordillera.engines.cge.entropy import InfeasibleMatrixError
from cordillera.engines.cge.settings import read_settings
from cordillera.engines.cge.shipped import load_stored

TWO_VALLEYS = Path(__file__).parents[2] / "cases" / "two-valleys"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def copied(tmp_path: Path, old: str, new: str) -> str:
    """The small case with another `case.toml`."""
    folder = Path(shutil.copytree(TWO_VALLEYS, tmp_path / "valleys"))
    text = (folder / "case.toml").read_text()
    assert old in text
    (folder / "case.toml").write_text(text.replace(old, new, 1))
    return str(folder)


def test_a_case_has_as_many_levels_as_matrices_and_drawing_adds_some() -> None:
    case = str(TWO_VALLEYS)
    assert cordillera.engine("cge", case=case).factors["matrix"].levels == ("0",)
    seen: list[tuple[int, int]] = []
    drawn = draw_matrices(case, 3, lambda found, wanted: seen.append((found, wanted)))
    assert (drawn.numbers, drawn.infeasible, drawn.made) == ((1, 2, 3), {}, 3)
    assert seen[-1] == (3, 3)
    assert cordillera.engine("cge", case=case).factors["matrix"].levels == ("0", "1", "2", "3")


def test_drawing_more_keeps_what_is_there_and_drawing_again_makes_nothing() -> None:
    case = str(TWO_VALLEYS)
    few = draw_matrices(case, 2)
    before = Path(few.file).read_bytes()
    assert draw_matrices(case, 2).made == 0
    assert Path(few.file).read_bytes() == before
    assert draw_matrices(case, 4).made == 2
    loaded = read_case(case)
    economy = Economy(loaded, read_settings(loaded, None, {}))
    found = load_stored(loaded.folder, economy.matrix_identity)
    assert found.matrices[2].exports.tobytes() == economy.balanced(2).exports.tobytes()


def test_infeasible_numbers_are_passed_over_and_told_with_their_constraint(tmp_path: Path) -> None:
    case = copied(tmp_path, "spread = 0.1", "spread = 0.9")
    drawn = draw_matrices(case, 6)
    assert len(drawn.numbers) == 6
    assert drawn.infeasible
    assert all("misses" in reason or "share" in reason for reason in drawn.infeasible.values())
    assert not set(drawn.infeasible) & set(drawn.numbers)
    levels = cordillera.engine("cge", case=case).factors["matrix"].levels
    assert levels == ("0", *map(str, drawn.numbers))


def test_a_level_is_its_number_and_its_matrix_is_solved() -> None:
    case = str(TWO_VALLEYS)
    draw_matrices(case, 2)
    engine = cordillera.engine("cge", case=case)
    solution = engine.solve_draws(Draws(("matrix",), np.array([[0.0], [2.0]])), [], ["exports"])
    assert (solution.outcome == 1).all()
    base = solution.outputs["exports"][0, :, 0, 1]
    loaded = read_case(case)
    matrix = Economy(loaded, read_settings(loaded, None, {})).matrix(2)
    assert base[1] == pytest.approx(((1 + matrix.export_margin[0]) * matrix.exports[0]).sum(), rel=1e-9)


def test_a_setting_that_the_base_year_does_not_read_keeps_the_matrices() -> None:
    case = read_case("peru-2002")
    plain, closure, margin = (
        Economy(case, read_settings(case, None, changes)).matrix_numbers()
        for changes in ({}, {"tax_closure": "fixed"}, {"lm_goods": 0.1})
    )
    assert plain == closure == tuple(range(17))
    assert margin == (0,)


def test_an_economy_that_leaves_noise_no_room_is_given_up_with_the_last_reason(tmp_path: Path) -> None:
    case = Path(copied(tmp_path, "", ""))
    # A single good is sold to the south, so that the margins on it are fixed to the digit.
    for file, old, new in (
        ("economy/value_added.csv", "regional_trade,north,7", "regional_trade,north,9"),
        ("economy/value_added.csv", "services,north,593", "services,north,591"),
        ("priors/demand_and_trade.csv", "serv,0.95,0.4,0.4,20,0,0.1,20,0", "serv,0.95,0.4,0.4,20,0,0.1,0,0"),
    ):
        text = (case / file).read_text()
        assert old in text
        (case / file).write_text(text.replace(old, new))
    with pytest.raises(InfeasibleMatrixError, match=r"Lower noise.spread. The last fault: .*rtrd \(north\) misses"):
        draw_matrices(str(case), 1)


def test_a_case_without_noise_says_what_to_give(tmp_path: Path) -> None:
    case = copied(tmp_path, "[noise]\nspread = 0.1\nseed = 7", "")
    with pytest.raises(CaseError, match=r"noise: has no noise.*noise.spread"):
        draw_matrices(case, 1)
