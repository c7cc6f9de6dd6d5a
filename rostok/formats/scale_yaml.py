"""YAML with line numbers for messages: a node knows its file and line and refuses what it cannot read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from rostok.wording import gettext


class ScaleError(Exception):
    """A file of scales that cannot be used: where, what is wrong, what to do."""

    def __init__(self, file: str, line: int | None, sentence: str, remedy: str) -> None:
        self.file, self.line, self.sentence, self.remedy = file, line, sentence, remedy
        place = file if line is None else gettext("{file}, строка {line}", file=file, line=line)
        super().__init__(f"{place}: {sentence} {remedy}")


@dataclass(frozen=True, slots=True)
class Node:
    """One mapping of a YAML file. Every reader raises ``ScaleError`` with the line of the value asked for."""

    file: str
    data: CommentedMap

    @property
    def line(self) -> int:
        return int(self.data.lc.line) + 1

    @property
    def place(self) -> str:
        return gettext("{file}, строка {line}", file=self.file, line=self.line)

    def error(self, sentence: str, remedy: str, *, at: str | None = None) -> ScaleError:
        """An error at the line of the key ``at``, or where the mapping begins."""
        known = at is not None and at in self.data
        line = int(self.data.lc.key(at)[0]) + 1 if known else self.line
        return ScaleError(self.file, line, sentence, remedy)

    def only(self, names: set[str]) -> None:
        """Refuse a key nobody reads: a misspelt one would silently change nothing."""
        for name in self.data:
            if name not in names:
                raise self.error(
                    gettext("Строка «{name}» не известна.", name=name),
                    gettext("Возможны: {options}.", options=", ".join(sorted(names))),
                    at=str(name),
                )

    def has(self, name: str) -> bool:
        return self.data.get(name) is not None

    def _value(self, name: str) -> Any:
        if not self.has(name):
            raise self.error(gettext("Нет строки «{name}».", name=name), gettext("Добавьте её."), at=name)
        return self.data[name]

    def _refused(self, name: str, expected: str) -> ScaleError:
        value = self.data.get(name)
        return self.error(
            gettext("«{name}: {value}» не читается.", name=name, value=value),
            gettext("Ожидается {expected}.", expected=expected),
            at=name,
        )

    def text(self, name: str) -> str:
        value = self._value(name)
        if not isinstance(value, str) or not value.strip():
            raise self._refused(name, gettext("текст"))
        return " ".join(value.split())

    def optional_text(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def word(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed words."""
        if default is not None and not self.has(name):
            return default
        value = self.text(name)
        if value not in allowed:
            raise self._refused(name, gettext("одно из: {options}", options=", ".join(allowed)))
        return value

    def whole(self, name: str, *, low: int = 0, high: int = 10_000) -> int:
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self._refused(name, gettext("целое число от {low} до {high}", low=low, high=high))
        return int(value)

    def truth(self, name: str) -> bool:
        value = self._value(name)
        if not isinstance(value, bool):
            raise self._refused(name, gettext("true или false"))
        return value

    def _list(self, name: str) -> CommentedSeq | list[Any]:
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, CommentedSeq):
            raise self._refused(name, gettext("список"))
        return value

    def wholes(self, name: str) -> list[int]:
        values = list(self._list(name))
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise self._refused(name, gettext("список целых чисел"))
        return values

    def texts(self, name: str) -> list[str]:
        values = list(self._list(name))
        if not all(isinstance(value, str) for value in values):
            raise self._refused(name, gettext("список строк"))
        return [" ".join(value.split()) for value in values]

    def nodes(self, name: str) -> list[Node]:
        """Mappings of a list; an absent list is an empty one."""
        values = self._list(name)
        if not all(isinstance(value, CommentedMap) for value in values):
            raise self._refused(name, gettext("список записей"))
        return [Node(self.file, value) for value in values]

    def inner(self, name: str) -> Node:
        """The mapping under a key."""
        value = self._value(name)
        if not isinstance(value, CommentedMap):
            raise self._refused(name, gettext("запись"))
        return Node(self.file, value)

    def members(self, name: str) -> Iterator[tuple[str, Node]]:
        """Key and mapping of each member of a mapping of mappings."""
        inner = self.inner(name)
        for key in inner.data:
            yield str(key), inner.inner(key)


def read_yaml(path: Path, directory: Path) -> Node:
    """The file as a node; its name in messages is relative to ``directory``."""
    name = path.relative_to(directory).as_posix()
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        raise ScaleError(
            name,
            mark.line + 1 if mark is not None else None,
            gettext("Файл не читается как YAML."),
            gettext("Проверьте отступы, двоеточия и кавычки; кодировка — UTF-8."),
        ) from problem
    if not isinstance(data, CommentedMap):
        raise ScaleError(
            name, 1, gettext("Файл пуст или начинается не с записи."), gettext("Начните со строки «kind:».")
        )
    return Node(name, data)
