"""CSV as regions write it: UTF-8 or Windows-1251, ``;`` ``,`` or tab, decimal comma, ragged lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from rostok.formats.sniffing import FileRefused
from rostok.formats.workbook import Cell, Sheet
from rostok.wording import gettext

DELIMITERS = (";", "\t", ",")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel's own hint on the first line
# Letters, signs and spaces a Russian text in Windows-1251 consists of; another code page read as this one
# gives other signs in every word.
_RUSSIAN_TEXT = re.compile(r"[А-яЁё«»„“”–—…№°§±·\u00a0\u00ad’‘•]")


def decode(data: bytes, name: str) -> str:
    """The text of a file; FileRefused ``file-encoding`` when no encoding fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16", name)
    if b"\x00" in data:
        raise FileRefused("file-encoding", name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _strict(data, "cp1251", name)
    foreign = [letter for letter in text[:200_000] if letter > "\x7f"]
    if sum(_RUSSIAN_TEXT.match(letter) is not None for letter in foreign) < 0.9 * len(foreign):
        raise FileRefused("file-encoding", name)
    return text


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused("file-encoding", name) from error


def read_csv(data: bytes, name: str) -> Sheet:
    """The one sheet of a text table, every cell a text, lines padded to one width; blank lines are kept.

    Raises FileRefused for an unknown encoding and for a quotation mark that is never closed.
    """
    text = decode(data, name)
    first_row = 1
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        text, first_row = text[separator.end() :], 2
    delimiter = separator.group(1) if separator else delimiter_of(text)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileRefused("file-damaged", name, detail=_damage(text)) from error
    width = max(map(len, lines), default=0)
    rows: list[list[Cell]] = [[*line, *[""] * (width - len(line))] for line in lines]
    return Sheet("", rows, first_row)


def _damage(text: str) -> str:
    if text.count('"') % 2:
        return gettext("кавычка открыта и не закрыта")
    return gettext("содержимое не разбирается")


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into one number of cells above 1; ``;`` where none does.

    >>> delimiter_of("a;b;c\\n1,5;2,5;3,5"), delimiter_of("a,b\\n1,2"), delimiter_of("word")
    (';', ',', ';')
    """
    head = [line for line in text[:100_000].splitlines() if line.strip()][:20]

    def evenness(delimiter: str) -> tuple[int, int]:
        # Decimal commas and commas in texts cut every line differently, the delimiter cuts all alike.
        widths = Counter(len(next(csv.reader([line], delimiter=delimiter), [])) for line in head)
        width, lines = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        return (lines, width) if width > 1 else (0, 0)

    best = max(DELIMITERS, key=evenness)
    return best if evenness(best)[0] else ";"
