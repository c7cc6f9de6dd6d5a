"""YAML with positions: typed access to mappings, every complaint with its line. Knows no word of methodologies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from rostok.methodology.errors import MethodologyError, WordingError, perhaps
from rostok.methodology.expressions import Expression, Number, parse
from rostok.wording import gettext


def read_yaml(text: str, file: str) -> Mapped:
    """The mapping a file holds; MethodologyError with the line where it is not YAML or not a mapping."""
    try:
        data = YAML(typ="rt").load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MethodologyError(
            file,
            line,
            gettext("это имя уже есть выше."),
            gettext("Имена не повторяются: переименуйте или уберите одно."),
        ) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MethodologyError(
            file, line, gettext("запись не читается как YAML: {detail}.", detail=error.problem),
            gettext("Проверьте отступы, двоеточия и скобки."),
        ) from None  # fmt: skip
    except YAMLError as error:
        raise MethodologyError(
            file, None, gettext("файл не читается как YAML: {detail}.", detail=str(error).splitlines()[0]),
            gettext("Сохраните его как текст UTF-8."),
        ) from None  # fmt: skip
    if not isinstance(data, CommentedMap):
        raise MethodologyError(
            file,
            1,
            gettext("методика — это список слов с двоеточиями."),
            gettext("Начните с «id: имя-методики»."),
        )
    return Mapped(data, file, 1, gettext("методика"))


class Mapped:
    """One mapping of a YAML file. Getters raise MethodologyError for a missing or wrongly typed value."""

    def __init__(self, data: CommentedMap, file: str, line: int, what: str) -> None:
        self.data, self.file, self.line, self.what = data, file, line, what

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def names(self) -> list[str]:
        return [str(key) for key in self.data]

    def line_of(self, key: str) -> int:
        try:
            return int(self.data.lc.key(key)[0]) + 1
        except (KeyError, TypeError):  # a key that is not there: the mapping itself
            return self.line

    def fail(self, key: str, sentence: str, remedy: str) -> MethodologyError:
        return MethodologyError(self.file, self.line_of(key), sentence, remedy)

    def refuse(self, key: str, wrong: WordingError) -> MethodologyError:
        return self.fail(key, wrong.sentence, wrong.remedy)

    def only(self, *words: str) -> Mapped:
        """Complain about a word that does not belong here."""
        for key in self.names():
            if key not in words:
                raise self.fail(
                    key, gettext("слово «{word}» здесь неизвестно ({what}).", word=key, what=self.what),
                    perhaps(key, words),
                )  # fmt: skip
        return self

    def _wrong(self, key: str, wanted: str) -> MethodologyError:
        if key not in self.data:
            return self.fail(
                key, gettext("нет слова «{word}» ({what}).", word=key, what=self.what),
                gettext("Добавьте «{word}:» — нужно {wanted}.", word=key, wanted=wanted),
            )  # fmt: skip
        return self.fail(
            key, gettext("у слова «{word}» стоит «{value}».", word=key, value=_shown(self.data[key])),
            gettext("Нужно {wanted}.", wanted=wanted),
        )  # fmt: skip

    def text(self, key: str, default: str | None = None) -> str:
        if key not in self.data and default is not None:
            return default
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, gettext("текст (число или дату возьмите в кавычки)"))
        return " ".join(value.split())

    def block(self, key: str) -> str:
        """A text with its lines; empty where the word is absent."""
        if key not in self.data:
            return ""
        if not isinstance(self.data[key], str):
            raise self._wrong(key, gettext("таблица текстом после знака «|»"))
        return str(self.data[key])

    def number(self, key: str, default: float | None = None) -> float:
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(key, gettext("число"))
        return float(value)

    def whole(self, key: str, default: int | None = None) -> int:
        value = self.number(key, default)
        if value != int(value):
            raise self._wrong(key, gettext("целое число"))
        return int(value)

    def truth(self, key: str, default: bool | None = None) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, gettext("true или false"))
        return value

    def day(self, key: str) -> dt.date:
        value = self.data.get(key)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self._wrong(key, gettext("дата вида 2021-01-01"))
        return value

    def word(self, key: str, options: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in options:
            raise self.fail(
                key,
                gettext("«{value}» у слова «{word}» неизвестно.", value=value, word=key),
                perhaps(value, options),
            )
        return value

    def words(self, key: str, options: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of words, or one word."""
        value = self.data.get(key)
        items = list(value) if isinstance(value, CommentedSeq) else [value]
        for item in items:
            if not isinstance(item, str):
                raise self._wrong(key, gettext("слова через запятую в скобках: [vpr, oge]"))
            if options is not None and item not in options:
                raise self.fail(
                    key,
                    gettext("«{value}» у слова «{word}» неизвестно.", value=item, word=key),
                    perhaps(item, options),
                )
        return tuple(str(item) for item in items)

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self.data.get(key)
        if not isinstance(value, CommentedSeq) or not value:
            raise self._wrong(key, gettext("числа через запятую в скобках: [5, 6]"))
        if any(isinstance(item, bool) or not isinstance(item, int | float) for item in value):
            raise self._wrong(key, gettext("числа через запятую в скобках: [5, 6]"))
        return tuple(float(item) for item in value)

    def expression(self, key: str, default: Expression | None = None) -> Expression:
        """An expression in text; a bare number is one too."""
        if key not in self.data and default is not None:
            return default
        value = self.data.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Number(float(value))
        try:
            return parse(self.text(key))
        except WordingError as wrong:
            raise self.refuse(key, wrong) from None

    def maybe(self, key: str) -> Expression | None:
        """An expression, or None where the word is absent."""
        return self.expression(key) if key in self.data else None

    def table(self, key: str, what: str) -> Mapped:
        value = self.data.get(key)
        if not isinstance(value, CommentedMap):
            raise self._wrong(key, gettext("несколько слов с двоеточиями"))
        return Mapped(value, self.file, self.line_of(key), what)

    def tables(self, key: str, what: str) -> Iterator[Mapped]:
        """A list of mappings; nothing where the word is absent."""
        if key not in self.data:
            return
        value = self.data[key]
        if not isinstance(value, CommentedSeq):
            raise self._wrong(key, gettext("список: строки с «- » в начале"))
        for position, item in enumerate(value):
            line = int(value.lc.item(position)[0]) + 1
            if not isinstance(item, CommentedMap):
                raise MethodologyError(
                    self.file, line, gettext("«{value}»: здесь нужны слова с двоеточиями.", value=_shown(item)),
                    gettext("Например: «- kind: vpr»."),
                )  # fmt: skip
            yield Mapped(item, self.file, line, what)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
