"""Errors of the system and of texts that are none, in words: which file, what happened, what to do."""

import errno

_REMEDIES = {
    errno.ENOSPC: "Make room, then give the same command again.",
    errno.EDQUOT: "Make room within your quota, then give the same command again.",
    errno.EFBIG: "No file may be so large here; choose another place, or raise the limit (`ulimit -f`).",
    errno.EACCES: "Choose another place, or get the right to use this one.",
    errno.EPERM: "Choose another place, or get the right to use this one.",
    errno.EROFS: "Choose a place that can be written.",
    errno.ENOENT: "Check the path.",
    errno.ENOTDIR: "Check the path: a part of it is a file.",
    errno.EEXIST: "Choose another path, or take away what stands there.",
    errno.EISDIR: "Give the path of a file.",
}


def system_words(error: OSError) -> str:
    """An error of the system, with the file that it names and the remedy."""
    place = f"{error.filename}: " if error.filename is not None else ""
    remedy = _REMEDIES.get(error.errno or 0, "")
    return f"{place}{error.strerror}. {remedy}".strip()


def reading_words(error: Exception) -> str:
    """Why a text could not be read, after the name of its file."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError) and error.errno is not None:
        return f"the system says: {error.strerror}"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}. Save it as UTF-8"
    return str(error)
