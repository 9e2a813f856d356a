"""What the numbers of a study say, in two sentences for a reader who will read no further."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .claims import ClaimResult
from .tables import decimals, percent
from .vocabulary import QUADRATURE, Vocabulary

FIRM, WEAK = 0.95, 0.75
# What a printed number is known by, whatever the policy that it is set beside.
_PRINTED = ("output", "select", "published", "table", "page")
_COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def verdict(
    headlines: pd.DataFrame,
    claims: Sequence[ClaimResult],
    names: Mapping[str, str],
    fallback: tuple[str, ...],
    words: Vocabulary,
) -> tuple[str, ...]:
    """Two sentences: how the published results stand, and what stands least firmly and why.

    Parameters
    ----------
    headlines : DataFrame
        As `headline_table` returns it; may be empty.
    claims : sequence of ClaimResult
        May be empty.
    names : mapping of str to str
        Plain names of the factors.
    fallback : tuple of str
        What is said where there are neither headlines nor claims.
    words : Vocabulary
        What the rows of the design are called.
    """
    judged = [claim for claim in claims if math.isfinite(claim.share)]
    sentences = []
    if len(headlines):
        sentences.append(_on_headlines(headlines, words))
    elif len(judged) > 1:
        sentences.append(_on_claims(judged, words))
    if judged:
        sentences.append(_on_the_weakest(judged, names, words))
    elif sentences and words is not QUADRATURE:
        sentences.append(_on_the_weakest_sign(headlines, names, words))
    return tuple(sentences) or fallback


def range_sentence(label: str, unit: str, levels: tuple[float, float, float], rows: int, words: Vocabulary) -> str:
    """Where an output lies over the rows of a design, by its 5, 50 and 95 in 100."""
    texts = decimals(list(levels))
    measure = f" ({unit})" if unit else ""
    if words is QUADRATURE:
        return (
            f"By {rows:,} {words.of_what}, {_decapitalised(label)}{measure} has the mean {texts[1]}, and 90 in 100 of "
            f"the normal law with its standard deviation lie between {texts[0]} and {texts[2]}."
        )
    return (
        f"Over {rows:,} {words.of_what}, {_decapitalised(label)}{measure} lies between {texts[0]} and "
        f"{texts[2]} in nine cases out of ten, with {texts[1]} in the middle."
    )


def carrier_sentence(name: str, amount: float, unit: str) -> str:
    """Which assumption matters most, where there is nothing published to compare with."""
    size = f"{percent(amount)} of the variance, interactions counted" if "variance" in unit else unit
    value = "" if "variance" in unit else f"{decimals([amount])[0]} "
    return f"The assumption that matters most is “{name}” ({value}{size})."


def counted(count: int) -> str:
    """A small number as a word, a large one in digits."""
    return _COUNTS[count] if count < len(_COUNTS) else f"{count:,}"


def _on_headlines(headlines: pd.DataFrame, words: Vocabulary) -> str:
    inside = int(np.count_nonzero(headlines["inside"].to_numpy()))
    signs = headlines["probability_of_sign"].to_numpy(dtype=np.float64)
    signs = signs[np.isfinite(signs)]
    firm = int(np.count_nonzero(signs >= FIRM))
    # A number that is printed once may be set beside several policies, where its study does not say which it means.
    known = set(_PRINTED) <= set(headlines.columns)
    printed = len(headlines.drop_duplicates(list(_PRINTED))) if known else len(headlines)
    what = f"{counted(len(headlines))} published results"
    if printed < len(headlines):
        beside = f"{counted(printed)} published results stand beside each policy they may belong to"
        what = f"{counted(len(headlines))} comparisons, in which {beside}"
    text = f"Of {what}, {counted(inside)} {_lie(inside)} inside {words.range_in_full}"
    if signs.size:
        text += f", and {counted(firm)} of {counted(signs.size)} {_keep(firm)} sign in at least 95 of 100"
    return text + "."


def _lie(count: int) -> str:
    return "lies" if count == 1 else "lie"


def _keep(count: int) -> str:
    return "keeps its" if count == 1 else "keep their"


def _hold(count: int) -> str:
    return "holds" if count == 1 else "hold"


def _on_claims(judged: Sequence[ClaimResult], words: Vocabulary) -> str:
    firm = sum(claim.share >= FIRM for claim in judged)
    lost = sum(claim.share < 0.5 for claim in judged)
    return (
        f"Of {counted(len(judged))} conclusions tested, {counted(firm)} {_hold(firm)} in at least 95 of 100 "
        f"{words.of_what} and {counted(lost)} in fewer than half."
    )


def _on_the_weakest(judged: Sequence[ClaimResult], names: Mapping[str, str], words: Vocabulary) -> str:
    weakest = min(judged, key=lambda claim: claim.share)
    if weakest.share >= FIRM:
        every = "The conclusion that was tested holds" if len(judged) == 1 else "Every conclusion that was tested holds"
        if weakest.share == 1:
            solved = " that solved" if any(claim.failed for claim in judged) else ""
            return f"{every} in every one of the {min(claim.rows for claim in judged):,} {words.rows}{solved}."
        return f"{every} in at least {percent(min(weakest.share, 0.99))} of the {words.rows}."
    decides = (
        f"; what decides it is “{names.get(weakest.carried_by, weakest.carried_by)}”" if weakest.carried_by else ""
    )
    if weakest.share <= 1 - FIRM:
        return (
            f"The conclusion “{weakest.claim.rstrip('.')}” does not stand: it holds in {percent(weakest.share)} of the "
            f"{words.rows}{decides}."
        )
    return (
        f"The conclusion that stands least firmly, “{weakest.claim.rstrip('.')}”, holds in {percent(weakest.share)} of "
        f"the {words.rows}{decides}."
    )


def _on_the_weakest_sign(headlines: pd.DataFrame, names: Mapping[str, str], words: Vocabulary) -> str:
    signs = headlines["probability_of_sign"].to_numpy(dtype=np.float64)
    if np.isnan(signs).all():
        return "None of them has a sign to judge."
    if np.nanmin(signs) >= FIRM:
        return f"Every sign holds in at least {percent(min(float(np.nanmin(signs)), 0.99))} of the {words.rows}."
    line = headlines.to_dict("records")[int(np.nanargmin(signs))]
    carrier = str(line["carried_by"] or "")
    decides = f"; most of its uncertainty comes from “{names.get(carrier, carrier)}”" if carrier else ""
    return (
        f"The sign that stands least firmly is that of “{line['label']}”: it holds in "
        f"{percent(float(line['probability_of_sign']))} of the {words.rows}{decides}."
    )


def _decapitalised(label: str) -> str:
    """A label inside a sentence; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
