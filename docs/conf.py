"""Settings of the manual. Russian is the source; English comes through Sphinx's gettext."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

_project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]

project = "Росток"
author = "участники проекта «Росток»"
release = version = _project["version"]
language = "ru"

sys.path.insert(0, str(Path(__file__).parent / "_ext"))  # the generated pages of methodologies
extensions = ["myst_parser", "methodology_pages"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
locale_dirs = ["locale"]
gettext_compact = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Росток {release}"
html_theme_options = {"sidebar_hide_name": False, "top_of_page_buttons": []}
html_show_sphinx = False
html_show_copyright = False
