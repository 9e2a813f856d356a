"""What HTCondor is told; none is at hand, so its syntax is read here by the rules of its manual."""

import re
import subprocess

import pytest
from cordillera.cluster import ClusterFileError, QueueSpec, cluster_from_text, queueing
from cordillera.cluster.queueing import Form
from hypothesis import given, settings
from hypothesis import strategies as st

FORM = Form("cordillera", 2, 3 * 10**9, 5430)
TEXT = 'kind = "htcondor"\naccount = "macro"\nworkers = 4\nwalltime = "01:00:00"\n'


def spec(extra: str = "") -> QueueSpec:
    read = cluster_from_text(TEXT + extra)
    assert isinstance(read, QueueSpec)
    return read


def settings_of(text: str) -> dict[str, str]:
    """The settings of a submit description, which is one job."""
    *lines, last = text.splitlines()
    assert last == "queue"
    return {name.lower(): value for name, value in (line.split(" = ", 1) for line in lines)}


def arguments_of(text: str) -> list[str]:
    """The arguments, by the manual's rules: in double quotes, single quotes keep together, either is doubled inside."""
    value = settings_of(text)["arguments"]
    assert "$" not in value.replace("$(DOLLAR)", "")
    value = value.replace("$(DOLLAR)", "$")
    assert value[0] == value[-1] == '"'
    value = value[1:-1]
    assert not re.search('(?<!")(?:"")*"(?!")', value), "a double quote by itself ends the arguments"
    words, word, inside, place = [], None, False, 0
    value = value.replace('""', '"')
    while place < len(value):
        character = value[place]
        if character == "'" and inside and value[place + 1 : place + 2] == "'":
            word, place = (word or "") + "'", place + 1
        elif character == "'":
            word, inside = word or "", not inside
        elif character in " \t" and not inside:
            words += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + character
        place += 1
    assert not inside
    return words + ([] if word is None else [word])


def test_a_description_asks_for_what_the_file_says() -> None:
    told = settings_of(queueing.script(spec("directives = ['requirements = (Arch == \"X86_64\")']"), FORM, ["true"]))
    assert told["my.daskworkercores"] == "2"
    assert told["requestcpus"] == "MY.DaskWorkerCores"
    assert told["my.daskworkermemory"] == "3000000000"
    assert told["accounting_group"] == "macro"
    assert told["requirements"] == '(Arch == "X86_64")'
    assert told["output"] == told["error"] == "cordillera-$(ClusterId).log"
    assert told["executable"] == "/bin/sh"
    assert "requestdisk" not in told


def test_a_job_is_taken_out_when_it_is_held_or_its_time_is_over_and_goes_on_elsewhere_if_it_is_a_driver() -> None:
    ends = settings_of(queueing.script(spec(), FORM, ["true"]))["periodic_remove"].split(" || ")
    driver = settings_of(queueing.script(spec(), Form("cordillera", 1, 10**9, 60, again=True), ["true"]))
    assert ends[0] == "JobStatus == 5"
    assert ends[1] == "(JobStatus == 2 && time() - EnteredCurrentStatus > 5430)"
    assert ends[2] == "(JobStatus == 1 && NumJobStarts > 0)"
    assert "NumJobStarts" not in driver["periodic_remove"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), max_size=4))
def test_no_argument_is_anything_but_an_argument(arguments: list[str]) -> None:
    text = queueing.script(spec(), FORM, ["printf", "%s\\0", "first", *arguments], {"NAME": "; exit 7"})
    ran = subprocess.run(["/bin/sh", *arguments_of(text)], capture_output=True, check=True)
    assert ran.stdout.decode() == "".join(f"{word}\0" for word in ("first", *arguments))


def test_what_cannot_stand_on_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="a character that HTCondor cannot be told"):
        queueing.script(spec(), FORM, ["run", "a\nqueue 100"])


def test_the_number_of_a_job_is_that_of_its_submission(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "condor_submit").write_text(
        f'#!/bin/sh\ncat >{tmp_path}/given\necho "$@" >>{tmp_path}/given\necho 12.0 - 12.0\n'
    )
    (tmp_path / "condor_q").write_text('#!/bin/sh\nprintf "12 RUNNING\\n13 PENDING\\n"\n')
    (tmp_path / "condor_rm").write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/removed\n')
    for name in ("condor_submit", "condor_q", "condor_rm"):
        (tmp_path / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert queueing.submit(spec(), FORM, "the description\n", tmp_path) == ["12"]
    assert (tmp_path / "given").read_text() == "the description\n-terse -\n"
    assert queueing.list_jobs("htcondor") == {"12": "RUNNING", "13": "PENDING"}
    queueing.cancel("htcondor", ["12", "13"])
    assert (tmp_path / "removed").read_text() == "12 13\n"
    assert queueing.log_name("htcondor", "cordillera", "12") == "cordillera-12.log"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('queue = "fast"', "HTCondor has no queues"),
        ('directives = ["executable = /bin/evil"]', "may not be given here. Allowed as name = value: accounting"),
        ('directives = ["arguments = x"]', "may not be given here"),
        ('directives = ["rank = $(Memory)"]', "may not be given here"),
        ('directives = ["rank = 1\\nqueue 100"]', "may not be given here"),
    ],
)
def test_what_could_run_something_is_refused(line: str, words: str) -> None:
    with pytest.raises(ClusterFileError) as told:
        cluster_from_text(TEXT + line)
    assert words in str(told.value)
