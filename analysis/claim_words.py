"""How often a conclusion holds, in words and as a bar, and whether its draws can say what decides it."""

import math

from markupsafe import Markup

from .claims import ClaimResult
from .glyph import share_glyph
from .tables import percent

FEWEST_RARER = 10


def interval_words(claim: ClaimResult) -> str:
    """The share of a claim with its interval."""
    if not math.isfinite(claim.share):
        return claim.note or "No draw has a verdict."
    bounds = bounds_words(claim)
    counted = f"{bounds}, of {claim.rows:,}" if bounds else f"of {claim.rows:,}"
    return f"{counted} points. {claim.note}" if claim.note else f"{counted} draws"


def bounds_words(claim: ClaimResult) -> str:
    """The bounds of the share of a claim, where they are any: without failures, those of points are none."""
    return f"{percent(claim.low)} to {percent(claim.high)}" if claim.low < claim.high else ""


def decided(claim: ClaimResult) -> bool:
    """Whether enough draws differ from the rest to say which assumption decides a claim."""
    width = claim.total_confidence.get(claim.carried_by, math.nan)
    return bool(claim.carried_by) and rarer_draws(claim) >= FEWEST_RARER and claim.total[claim.carried_by] > width


def undecided_words(claim: ClaimResult) -> str:
    """Why nothing can be named that decides a claim."""
    if claim.share == 1:
        return "Nothing: it holds in all of them"
    if claim.share == 0:
        return "Nothing: it holds in none of them"
    if not claim.note and 0 < rarer_draws(claim) < FEWEST_RARER:
        return f"Too few draws {'hold' if claim.share < 0.5 else 'fail'} to say"
    return "–"


def rarer_draws(claim: ClaimResult) -> int:
    """Draws with the rarer of the two verdicts."""
    return round(min(claim.share, 1 - claim.share) * claim.rows) if claim.rows else 0


def claim_glyph(claim: ClaimResult) -> Markup:
    """The share of a claim as a bar with its interval."""
    return share_glyph(
        claim.share, claim.low, claim.high, f"{claim.claim}: {percent(claim.share)}, {interval_words(claim)}"
    )
