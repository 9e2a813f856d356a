"""Build the files of the world grid, or hold the shipped grid against two of its sources."""

import argparse
import sys
from hashlib import sha256
from pathlib import Path

from .build import build
from .check import check
from .source import MissingLibraryError, MissingSourceError, Sources

CASE = Path(__file__).parents[1] / "cases" / "pacific-corridor"


def main(arguments: list[str] | None = None) -> int:
    """Run the build or the check; returns 0, 1 if the check fails, 2 if a source or a library is missing."""
    parser = argparse.ArgumentParser(prog="python -m cordillera.data.world_build", description=__doc__)
    parser.add_argument("--sources", type=Path, required=True, help="folder that tools/fetch-world-sources filled")
    parser.add_argument("--out", type=Path, help="folder for the files of the grid")
    parser.add_argument(
        "--reduced",
        action="store_true",
        help="build nothing: draw land, countries and places coarsely and hold the grid of the case against them",
    )
    chosen = parser.parse_args(arguments)
    if chosen.reduced == (chosen.out is not None):
        parser.error("give either --out FOLDER or --reduced")
    sources = Sources(chosen.sources)
    try:
        return _check(sources) if chosen.reduced else _build(sources, chosen.out)
    except (MissingSourceError, MissingLibraryError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _build(sources: Sources, folder: Path) -> int:
    for file in build(sources, folder):
        content = file.read_bytes()
        sys.stdout.write(f"{sha256(content).hexdigest()}  {len(content):9,d}  {file}\n")
    return 0


def _check(sources: Sources) -> int:
    findings = check(sources, CASE / "world.npz")
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 0 if all(finding.holds for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
