"""How the documentation is built: sphinx-build -W -b html docs docs/_build/html."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

project = "Cordillera"
author = "The Cordillera developers"
project_copyright = "The Cordillera developers, BSD-3-Clause"
version = release = installed_version("cordillera")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "live_tables",
]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}

html_theme = "furo"
html_title = "Cordillera"
html_static_path = ["_static"]
html_theme_options = {"navigation_with_keys": True}

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False
autosummary_generate = False
# A sentence such as "mapping of str to float" is prose, not a cross-reference.
numpydoc_xref_param_type = False
