"""Times and sizes as people and queues write them."""

import re

_TIME = re.compile(r"(?:(\d{1,3})-)?(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(MB|GB|TB|MiB|GiB|TiB)", re.ASCII)
_BYTES = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_LEAST_SECONDS = 60
_LEAST_BYTES = 256 * 10**6


def read_seconds(text: str) -> int:
    """Seconds of `HH:MM:SS` or `D-HH:MM:SS`.

    Examples
    --------
    >>> read_seconds("1-02:00:00")
    93600
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a time; write HH:MM:SS or D-HH:MM:SS, such as 02:00:00")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total < _LEAST_SECONDS:
        raise ValueError(f"{text} is less than a minute")
    return total


def read_bytes(text: str) -> int:
    """Bytes of a size with its unit.

    Examples
    --------
    >>> read_bytes("1.5 GB")
    1500000000
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a size; write a number and one of {', '.join(_BYTES)}, such as 4 GB")
    total = round(float(match[1]) * _BYTES[match[2]])
    if total < _LEAST_BYTES:
        raise ValueError(f"{text} is less than the {_LEAST_BYTES // 10**6} MB that a process needs to start")
    return total


def clock(seconds: int) -> str:
    """Seconds as `HH:MM:SS`, with as many hours as it takes.

    Examples
    --------
    >>> clock(93600)
    '26:00:00'
    """
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
