"""What the rows of a design are called, so that no page speaks of draws or chances where there are none."""

from dataclasses import dataclass

from .sample import SweepResults


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words for what a summary of a store is taken over.

    Parameters
    ----------
    rows, row : str
        What is summarised: "draws" of a sample, "points" of a design that somebody has set; and one of them.
    counted, of_what : str
        The same after a number: as a fact of its own, and inside a sentence.
    range_head, interval_head, share_head, bounds_head : str
        Heads of the columns of the first page: the drawn range, the range in numbers, the drawn share of the rows, and
        the bounds of that share.
    middle, inner, outer : str
        What the line, the dark band and the light band of a fan are.
    range_in_full : str
        The light band inside the verdict.
    caution : str
        What a range is not, where it is no range of draws.
    bounds : str
        What the whiskers of a share are.
    """

    rows: str
    row: str
    counted: str
    of_what: str
    range_head: str
    interval_head: str
    share_head: str
    bounds_head: str
    middle: str
    inner: str
    outer: str
    range_in_full: str
    caution: str
    bounds: str

    @property
    def fan(self) -> str:
        """The caption of a band over time."""
        return f"Line: {self.middle}, with its last value; dark band: {self.inner}; light band: {self.outer}."


SAMPLE = Vocabulary(
    rows="draws",
    row="draw",
    counted="independent draws",
    of_what="draws of the assumptions",
    range_head="Range of the draws",
    interval_head="90 in 100",
    share_head="Share of the draws",
    bounds_head="95 % interval",
    middle="median of the draws",
    inner="50 in 100 draws",
    outer="90 in 100 draws",
    range_in_full="the range that the model gives in 90 of 100 draws of its assumptions",
    caution="",
    bounds="whiskers: 95 % Wilson intervals",
)
POINTS = Vocabulary(
    rows="points",
    row="point",
    counted="points of the design",
    of_what="points of the design",
    range_head="Range of the points",
    interval_head="90 in 100",
    share_head="Share of the points",
    bounds_head="With failures",
    middle="median of the points",
    inner="50 in 100 points",
    outer="90 in 100 points",
    range_in_full="the range that the model gives in 90 of 100 points of the design",
    caution="The points are set by the design and are no sample: a range says what they give, not how likely that is.",
    bounds="the points are no sample, so that a share has no interval of chance",
)
QUADRATURE = Vocabulary(
    rows="points",
    row="point",
    counted="points of the quadrature",
    of_what="points of a quadrature",
    range_head="Spread",
    interval_head="Mean ± standard deviation",
    share_head="Share of the points",
    bounds_head="With failures",
    middle="mean by the quadrature",
    inner="50 in 100 of the normal law",
    outer="90 in 100 of the normal law",
    range_in_full="the range of 90 in 100 of the normal law with the mean and standard deviation of the quadrature",
    caution=(
        "A quadrature gives a mean and a standard deviation. Bands are those of the normal law that has "
        "them: they show the spread, and say nothing of how often a result occurs."
    ),
    bounds="the points are no sample",
)


def vocabulary(store: SweepResults) -> Vocabulary:
    """The words that fit a store's design."""
    return {"quadrature": QUADRATURE, "grid": POINTS, "factorial": POINTS}.get(store.study.design.method, SAMPLE)
