"""Specifications of the language: small methodologies in ``language/``, one per word, with worked examples.

They are run on every evaluator and rendered into the manual. The files leave out the head every methodology has.
"""

from __future__ import annotations

from pathlib import Path

from rostok.methodology import Methodology, load

FOLDER = Path(__file__).parent / "language"
FILES = sorted(FOLDER.glob("*.yaml"))

_HEAD = """\
id: specification
version: "1"
source: {document: спецификация языка, confirmed: true}
author: команда «Ростка»
checked_by: тесты
valid_from: 2020-01-01
review_on: 2030-01-01
"""


def load_specification(path: Path) -> Methodology:
    return load(
        path.read_text("utf-8") + _HEAD, path.name
    )  # the head last, so that lines in errors are right
