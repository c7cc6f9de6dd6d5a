"""Words that a line end once cut in two: codifiers are copied from printed pages, hyphens of line ends with them.

«арифмети- ческие» and «классифици_x0002_ровать» (so a workbook writes the hyphen of a PDF) become one word again,
«причинно- следственные» a compound with its hyphen; «видео- и аудиозаписи» and «-к- и -ск-» stay as they are.
No dictionary is shipped: the other words of the same file say which is which, endings where they are silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SOFT = "\u00ad"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ECMA-376, ST_Xstring: a control character of a workbook
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT = re.compile(rf"(?<![\w-])((?:[^\W\d_]+-)*)([^\W\d_]+)(?:{_SOFT}\s*|-\s+)([^\W\d_]+)")
_CONJUNCTIONS = frozenset({"и", "или", "либо", "а", "да"})
_COMPOUND = 5  # letters of the first half of a compound at least: «орфо», «цело» are beginnings of one word
_LONG = 7  # letters of either half of «диалоге-запросе»: what is left of a cut word is shorter
_SHARED = 3  # letters after the cut by which a word of the file is known to be this one in another form
_ADJECTIVE = re.compile(r"(?:[ыи]й|ой|[ая]я|[оеыи]е|[ое]го|[ое]му|[оеыи]м|[ыи]х|[ыи]ми|[ую]ю)")


def visible(text: object) -> str:
    """Text in one line without control characters; a hyphen of a line end stands as a soft hyphen.

    >>> visible("преобразо_x0002_вывать\\n знаки_x000D_ ").replace("\\xad", "|")
    'преобразо|вывать знаки'
    """
    plain = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), str(text))
    return " ".join(_CONTROL.sub("", plain.replace("\x02", _SOFT)).split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Whole words of a file, in lower case; ``starts``: their beginnings."""

    words: frozenset[str]
    starts: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """Halves of cut words are not among them."""
        words = {word.casefold() for text in texts for word in _WORD.findall(_CUT.sub(" ", text))}
        return cls(
            frozenset(words), frozenset(word[:end] for word in words for end in range(1, len(word) + 1))
        )

    def mended(self, text: str) -> str:
        """The text with its cut words whole; a word cut twice is mended from its beginning."""
        before = ""
        while before != text:
            before, text = text, _CUT.sub(self._whole, text)
        return text.replace(_SOFT, "")

    def _whole(self, found: re.Match[str]) -> str:
        ahead, first, second = found.groups()
        if second.casefold() in _CONJUNCTIONS:
            return found.group()
        return ahead + first + ("-" if self._is_compound(first, second) else "") + second

    def _is_compound(self, first: str, second: str) -> bool:
        start, end = first.casefold(), second.casefold()
        if second[0].isupper() or f"{start}-{end}" in self.words:
            return not first.isupper()
        if start + end[:_SHARED] in self.starts:
            return False
        long = min(len(start), len(end)) >= _LONG
        of_two = start in self.words and (end in self.words or long)
        of_adjectives = start[-1] == "о" and bool(_ADJECTIVE.search(end[-3:]))
        return len(start) >= _COMPOUND and (of_two or of_adjectives)
