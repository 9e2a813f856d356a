"""What the doctor finds."""

from cordillera.console.checkup import examine


def test_a_machine_that_runs_a_small_sweep_is_well() -> None:
    found = {finding.what: finding for finding in examine("serial")}
    assert found["small sweep on serial"].remedy == ""
    assert found["numpy"].found


def test_what_keeps_a_worker_from_working_is_a_finding() -> None:
    *_, trial = examine("nowhere")
    assert trial.found == "failed"
    assert "nowhere" in trial.remedy
