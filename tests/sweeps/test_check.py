"""What a study will cost and which of its draws the model refuses, before anything runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from cordillera.engines import Draws, IshigamiEngine, Scenario
from cordillera.sweeps import check_study, study_from_text

TEXT = """
name = "t"
engine = "ishigami"
[design]
method = "sobol"
samples = 64
[factors.x1]
distribution = "uniform"
low = 0
high = 2
[factors.x2]
distribution = "uniform"
low = 0
high = 2
"""


@dataclass(frozen=True)
class Narrow(IshigamiEngine):
    """An engine that cannot take two large angles at once."""

    def infeasible(self, draws: Draws, scenarios: Sequence[Scenario] = ()) -> dict[int, str]:
        """Rows whose angles add up to more than 3.5."""
        return {int(row): "x1 + x2 > 3.5" for row in np.flatnonzero(draws.values.sum(axis=1) > 3.5)}


def test_runs_count_the_baseline_and_every_scenario() -> None:
    check = check_study(study_from_text(TEXT))
    assert check.draws == 64 * 4
    assert check.runs == 2 * check.draws
    assert check.size == check.runs * 4 * 8
    assert check.seconds == pytest.approx(check.runs * 1e-6)
    assert (check.infeasible, check.reasons) == (0, ())


def test_infeasible_draws_are_counted_and_the_first_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name = "narrow"

        @staticmethod
        def load() -> object:
            return lambda case, **settings: replace(Narrow(), name="narrow")

    monkeypatch.setattr("cordillera.engines.entry_points", lambda group: [Point()])
    check = check_study(study_from_text(TEXT.replace("ishigami", "narrow")), reasons_kept=3)
    assert 0 < check.infeasible < check.draws
    assert len(check.reasons) == 3
    assert {reason for _, reason in check.reasons} == {"x1 + x2 > 3.5"}
    assert [row for row, _ in check.reasons] == sorted(row for row, _ in check.reasons)
