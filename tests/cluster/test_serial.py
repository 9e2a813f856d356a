from cordillera.cluster.serial import SerialCrew
from cordillera.sweeps import BatchReport, Raised, Returned


def report(url: str, units: tuple[int, ...]) -> BatchReport:
    return BatchReport({}, len(units), 0.0, 0.0)


def fault(url: str, units: tuple[int, ...]) -> BatchReport:
    raise ArithmeticError(url)


def test_work_is_done_in_the_order_of_submission_one_piece_at_a_time() -> None:
    crew = SerialCrew()
    crew.submit(4, report, "a", (1, 2))
    crew.submit(5, fault, "b", (3,))
    assert crew.wait(0.0) == [Returned(4, report("a", (1, 2)))]
    (news,) = crew.wait(0.0)
    assert isinstance(news, Raised)
    assert news.number == 5
    assert str(news.error) == "b"
    assert crew.wait(0.0) == []
