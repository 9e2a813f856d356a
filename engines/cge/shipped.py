"""Balanced matrices kept in a file: those that come with a case, and those a user has drawn into the cache."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from .matrix import SocialAccountingMatrix

FILE = "matrices.npz"


def load_shipped(folder: Path, identity: str, number: int) -> SocialAccountingMatrix | None:
    """The stored matrix of a number, if the file holds it for these tables and settings."""
    file = folder / FILE
    if not file.is_file():
        return None
    with np.load(file) as stored:
        if str(stored["identity"]) != identity or f"{number}/value_added" not in stored:
            return None
        return SocialAccountingMatrix(*(stored[f"{number}/{field.name}"] for field in fields(SocialAccountingMatrix)))


def save(file: Path, identity: str, matrices: dict[int, SocialAccountingMatrix]) -> None:
    """Write matrices by number, with the identity of the tables and settings they follow from."""
    arrays = {
        f"{number}/{field.name}": getattr(matrix, field.name)
        for number, matrix in matrices.items()
        for field in fields(SocialAccountingMatrix)
    }
    np.savez_compressed(file, identity=np.array(identity), **arrays)
