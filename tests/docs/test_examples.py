"""The studies and cluster files that the documentation shows are such."""

import re
from pathlib import Path

import pytest
from cordillera.cluster.reading import cluster_from_text
from cordillera.sweeps import study_from_text

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
HEAD = """name = "example"
engine = "cge"
case = "peru-2002"
design = { method = "latin", samples = 8 }
factors.migration_elasticity = { distribution = "uniform", low = 0.0, high = 0.6 }
"""


def examples() -> list[tuple[str, str]]:
    """Page and text of every example of a cluster file, of a study, or of a part of one."""
    found = []
    for page in PAGES:
        blocks = re.findall(r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        found += [(f"{page.relative_to(ROOT)} {number}", text) for number, text in enumerate(blocks, 1)]
    return found


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in examples()])
def test_an_example_of_the_documentation_is_read_without_a_fault(text: str) -> None:
    if text.startswith("kind ="):
        cluster_from_text(text, "the documentation")
    else:
        study_from_text(text if text.startswith("name =") else HEAD + text, "the documentation")
