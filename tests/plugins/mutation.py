"""Inputs that somebody has tampered with: valid trees, tables and bytes with a few things in them changed."""

import copy
import csv
import io
from collections.abc import Hashable, Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# Beyond the digits that Python writes or reads.
DIGITS = "9" * 5000
VALUES: tuple[object, ...] = (
    0, -1, 1, 2**31, 2**63, 10**400, 16**6000, 1e308, 5e-324, float("inf"), float("nan"), -0.0, True, False, None,
    "", "=1+1", "../../x", "/etc/passwd", "a\0b", "a\nb", "\x1b[31m", "[red]", "{x}", "\ufeff", "٣", "x" * 5000, "nan",
    "1e400", "> 1e400", "$x$", "baseline", [], {}, [[]], [{}], {"a": 1}, [1], ["a", "a"], [None],
)  # fmt: skip
TEXTS = tuple(value for value in VALUES if isinstance(value, str))
CELLS = (*TEXTS, DIGITS, "inf", "-1", "１", "1,5", "True", "0", "'", '"', "national", "-180", "90", "yes", "1_0")
PIECES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"[[", b"{a=", b"=", b'"', b'"""', b"\n", b"\r\n", b"NaN", b"inf", b"1e999",
    b"0x" + b"f" * 6000, DIGITS.encode(), b"\\ud800",
)  # fmt: skip


def fuzzing(examples: int) -> settings:
    """Settings of a test by mutation, which may take as long as it takes."""
    checks = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks, print_blob=True)


def places(tree: Any, above: tuple[Hashable, ...] = ()) -> Iterator[tuple[Hashable, ...]]:
    """The way to each item of a tree of dicts and lists."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


@st.composite
def trees(draw: st.DrawFn, tree: dict[str, Any]) -> dict[str, Any]:
    """A tree in which values are replaced, keys are renamed or dropped, and parts stand in other places."""
    made = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 3))):
        ways = list(places(made))
        if not ways:
            break
        way = draw(st.sampled_from(ways))
        parent: Any = made
        for key in way[:-1]:
            parent = parent[key]
        change = draw(st.sampled_from(("replace", "replace", "drop", "rename", "move")))
        if change == "drop":
            del parent[way[-1]]
        elif change == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from(TEXTS))] = parent.pop(way[-1])
        elif change == "move":
            source: Any = tree
            for key in draw(st.sampled_from(list(places(tree)))):
                source = source[key]
            parent[way[-1]] = copy.deepcopy(source)
        else:
            parent[way[-1]] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return made


@st.composite
def contents(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes in which some are flipped, dropped, doubled, cut off or put in."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(made)))
        change = draw(st.sampled_from(("flip", "drop", "double", "cut", "put")))
        if change == "flip" and place < len(made):
            made[place] = draw(st.integers(0, 255))
        elif change == "drop":
            del made[place : place + draw(st.integers(1, 30))]
        elif change == "double":
            made[place:place] = made[place : place + draw(st.integers(1, 60))]
        elif change == "cut" and draw(st.integers(0, 4)) == 0:
            del made[place:]
        else:
            made[place:place] = draw(st.sampled_from(PIECES))
    return bytes(made)


@st.composite
def tables(draw: st.DrawFn, content: bytes) -> bytes:
    """A CSV in which cells are replaced or dropped, and rows dropped, doubled or moved."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for _ in range(draw(st.integers(1, 4))):
        number = draw(st.integers(0, len(rows) - 1))
        row = rows[number]
        place = draw(st.integers(0, max(len(row) - 1, 0)))
        change = draw(st.sampled_from(("replace", "replace", "drop", "double", "lose")))
        if change == "lose" and len(rows) > 1:
            del rows[number]
        elif change == "double":
            rows.insert(draw(st.integers(0, len(rows))), list(row))
        elif change == "drop" and row:
            del row[place]
        elif row:
            row[place] = draw(st.sampled_from(CELLS))
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(errors="surrogatepass")
