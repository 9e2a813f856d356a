"""What is to be said of workers, each looked at where it is."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, cast

from ..sweeps import Backend, Crew, Job, Raised, Returned, Work, environment
from .finding import Finding, disk, gigabytes
from .probe import DRIVER_FILE, WorkerReport, probe

# Numbers of work that no driver gives.
_FIRST = 1_000_000_000
_ROUNDS = 3
_PATIENCE_SECONDS = 120.0
_ANSWER_SECONDS = 60.0
_GATHER_SECONDS = 3.0
_SIGHT_SECONDS = 10.0
_LARGEST_SKEW = 5.0
_LEAST_MEMORY = 400e6


class Answer(NamedTuple):
    """What a worker reported, and between which times of this machine's clock."""

    report: WorkerReport
    sent: float
    received: float


@dataclass(frozen=True)
class Examining:
    """A place whose workers are looked at before they work; `findings` is what is to be said of them."""

    inner: Backend
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As of the place."""
        return self.inner.name

    @contextmanager
    def open(self, job: Job) -> Iterator[Crew]:
        """Start the workers and look at them; the store is in a folder that nobody else uses."""
        folder, token = Path(job.url).parent, secrets.token_hex(8)
        (folder / DRIVER_FILE).write_text(token, encoding="utf-8")
        stamp = (folder / DRIVER_FILE).stat().st_mtime - time.time()
        self.findings.append(clock_of("clock of files", stamp, "this machine's"))
        with self.inner.open(job) as crew:
            answers, faults = question(crew, job.url)
            for answer in answers:
                self.findings.extend(findings_of(answer, token, is_seen(folder, answer.report), environment()))
            self.findings.extend(Finding("a worker", "failed", words) for words in faults)
            yield crew


def question(crew: Crew, url: str) -> tuple[list[Answer], list[str]]:
    """Every worker's answer, as far as work can be made to reach each; and why others gave none."""
    answers: dict[str, Answer] = {}
    faults: list[str] = []
    # The first comes when there is a worker, however long a queue takes.
    _ask(crew, url, 1, crew.patience or _PATIENCE_SECONDS, answers, faults)
    time.sleep(0.0 if crew.in_process else _GATHER_SECONDS)
    for _ in range(_ROUNDS):
        if faults or len(answers) >= crew.workers:
            break
        _ask(crew, url, crew.workers, _ANSWER_SECONDS, answers, faults)
    return [answers[mark] for mark in sorted(answers)], list(dict.fromkeys(faults))


def _ask(crew: Crew, url: str, count: int, patience: float, answers: dict[str, Answer], faults: list[str]) -> None:
    first = _FIRST + len(answers) + len(faults)
    sent = time.time()
    for number in range(first, first + count):
        crew.submit(number, cast(Work, probe), url, (0,))
    left, deadline = count, time.monotonic() + patience
    while left and time.monotonic() < deadline:
        for news in crew.wait(1.0):
            left -= 1
            if isinstance(news, Returned) and isinstance(news.report, WorkerReport):
                answers[news.report.mark] = Answer(news.report, sent, time.time())
            elif isinstance(news, Raised):
                faults.append(f"{type(news.error).__name__}: {news.error}")
            else:
                faults.append("It was lost while it looked about; see its log.")
    if left:
        faults.append(f"No answer within {patience:.0f} s.")


def is_seen(folder: Path, report: WorkerReport) -> bool:
    """Whether this machine sees what a worker wrote; a network file system may take a while to show it."""
    deadline = time.monotonic() + _SIGHT_SECONDS
    while True:
        try:
            if (folder / report.said).read_text(encoding="utf-8") == report.mark:
                return True
        except OSError:
            pass
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)


def findings_of(answer: Answer, token: str, is_seen: bool, here: str) -> list[Finding]:
    """What is to be said of one worker.

    Parameters
    ----------
    answer : Answer
        Of the worker.
    token : str
        What the driver wrote for it.
    is_seen : bool
        Whether the driver read what the worker wrote.
    here : str
        The driver's versions and processor.
    """
    report = answer.report
    who = f"worker {report.name} on {report.host}"
    # What its clock showed lies between the question and the answer, if the clocks agree.
    skew = report.clock - min(max(report.clock, answer.sent), answer.received)
    found = [
        _versions(who, report.environment, here),
        _processor(who, report.environment, here),
        _memory(who, report),
        clock_of(f"{who}: clock", skew, "this machine's"),
        _exchange(who, report, token, is_seen),
        disk(f"{who}: temporary files", report.temporary, report.temporary_free),
    ]
    if report.stamp is not None:
        found.insert(4, clock_of(f"{who}: clock of files", report.stamp - report.clock, "its own"))
    return found


def clock_of(what: str, skew: float, other: str) -> Finding:
    """How far a clock is from another."""
    remedy = "" if abs(skew) <= _LARGEST_SKEW else "Set the clocks (NTP); by them it is told whether a driver is alive."
    return Finding(what, f"{abs(skew):.1f} s from {other}", remedy)


def _versions(who: str, there: str, here: str) -> Finding:
    mine, other = here.split("; ")[:-2], there.split("; ")[:-2]
    different = [f"{theirs} (here {ours})" for ours, theirs in zip(mine, other, strict=False) if ours != theirs]
    remedy = "Install the same versions on every worker." if different else ""
    return Finding(f"{who}: versions", ", ".join(different) or "as here", remedy)


def _processor(who: str, there: str, here: str) -> Finding:
    mine, other = (", ".join(one.split("; ")[-2:]) for one in (here, there))
    words = f"{other}, as here" if mine == other else f"{other}; here {mine}: the last bits may differ from runs here"
    return Finding(f"{who}: processor", words)


def _memory(who: str, report: WorkerReport) -> Finding:
    limit = "no limit" if report.limit is None else f"limit {gigabytes(report.limit)}"
    least = min(report.free, report.free if report.limit is None else report.limit)
    remedy = "" if least >= _LEAST_MEMORY else "A worker needs half a GB, and more for some models: raise `memory`."
    return Finding(f"{who}: memory", f"{gigabytes(report.free)} free, {limit}", remedy)


def _exchange(who: str, report: WorkerReport, token: str, is_seen: bool) -> Finding:
    faults = [
        "" if report.heard == token else f"it does not see what this machine wrote ({report.heard})",
        "" if is_seen else f"this machine does not see what it wrote ({report.said})",
    ]
    words = "; ".join(filter(None, faults))
    remedy = "Keep the store in a folder that every node sees under one path." if words else ""
    return Finding(f"{who}: files", words or "seen both ways", remedy)
