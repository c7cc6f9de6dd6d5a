"""The one exception of this package, and «perhaps you meant»."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from rostok.wording import gettext


class MethodologyError(ValueError):
    """A definition that cannot be accepted: which file and line, what is wrong, what to do.

    ``line`` counts from 1; None when the value did not come from a file (``--set``).
    """

    def __init__(self, file: str, line: int | None, sentence: str, remedy: str) -> None:
        self.file, self.line, self.sentence, self.remedy = file, line, sentence, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = gettext("{file}, строка {line}", file=self.file, line=self.line) if self.line else self.file
        return f"{place}: {self.sentence} {self.remedy}"


class WordingError(ValueError):
    """The same without a place: raised by nodes and expressions, which do not know where they were written."""

    def __init__(self, sentence: str, remedy: str) -> None:
        self.sentence, self.remedy = sentence, remedy
        super().__init__(f"{sentence} {remedy}")


def perhaps(written: str, known: Iterable[str]) -> str:
    """A remedy: the nearest known words, or all of them when none is near.

    >>> perhaps("treshold", ["threshold", "window"])
    'Возможно, вы имели в виду «threshold».'
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(written, names, n=2, cutoff=0.6)
    if near:
        return gettext("Возможно, вы имели в виду {names}.", names=" / ".join(f"«{name}»" for name in near))
    if not names:
        return gettext("Здесь имён нет.")
    return gettext("Можно: {names}.", names=", ".join(names))
