"""Compare a wheel with the tree: every tracked file of the package must be in it, but for notes to developers (`.md`).

Usage: python tools/wheel_holds_everything.py WHEEL
"""

import subprocess
import sys
import zipfile
from pathlib import Path

BESIDE_THE_PACKAGE = {".ci", "benchmarks", "docs", "tests", "tools"}
ROOT = Path(__file__).parents[1]


def wanted() -> set[str]:
    """Files under version control that belong to the package, by their place in the wheel."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [Path(line) for line in listing.splitlines()]
    folders = [path for path in paths if len(path.parts) > 1 and path.parts[0] not in BESIDE_THE_PACKAGE]
    inner = [path for path in folders if path.suffix != ".md"]
    modules = [path for path in paths if len(path.parts) == 1 and path.suffix == ".py"]
    return {f"cordillera/{path.as_posix()}" for path in inner + modules}


def main() -> None:
    held = set(zipfile.ZipFile(sys.argv[1]).namelist())
    missing = sorted(wanted() - held)
    if missing:
        listed = "\n  ".join(missing)
        sys.exit(f"Not in the wheel; add them to [tool.setuptools.package-data]:\n  {listed}")


if __name__ == "__main__":
    main()
