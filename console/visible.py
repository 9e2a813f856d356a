"""Texts of somebody else on a terminal: nothing in a name moves the cursor, changes colours or rings a bell."""

import re

# Control characters but tabs and ends of lines, what turns the direction of writing, and halves of letters.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""A text with every character written out that a terminal would obey rather than show.

    Examples
    --------
    >>> visible("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _HIDDEN.sub(lambda found: ascii(found[0])[1:-1], text)


def visible_json(text: str) -> str:
    """A text of JSON with these characters as its escapes, so that it still says the same."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
