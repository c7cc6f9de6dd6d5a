"""Reads ``scales/``: what a score is worth, by kind, subject, grade and year, each with its source.

The form of the files is described in ``docs/manual/scales.md``. A scale that is not there is not invented:
``ScaleBook.find`` gives None, and ``ScaleBook.why_missing`` says what is known about the gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rostok.formats.scale_yaml import Node, ScaleError, read_yaml
from rostok.schema.assessments import Kind, Subject
from rostok.schema.scales import Condition, Item, Scale
from rostok.wording import gettext

__all__ = ["MissingScale", "ScaleBook", "ScaleError", "SubjectCode", "load_scales"]

SUBJECT_CODES = "subject_codes.yaml"
UNITS = ("raw", "test", "mark")

_ITEM = re.compile(r"^(?P<label>[0-9.ИСГФК]+)\((?P<maximum>\d+)\)(?P<level>[БПВ])?$")
_STEM = re.compile(r"^(?P<year>20\d\d)(?:-[\w-]+)?$")

_Key = tuple[Kind, Subject, int, int, str | None]


@dataclass(frozen=True, slots=True)
class MissingScale:
    """A known gap: nobody has a source, or (``held`` false) there was no such assessment.

    ``subjects`` and ``grades`` empty means all of them.
    """

    kind: Kind
    years: tuple[int, ...]
    reason: str
    subjects: tuple[Subject, ...] = ()
    grades: tuple[int, ...] = ()
    held: bool = True

    def covers(self, kind: Kind, subject: Subject, grade: int, year: int) -> bool:
        return (
            kind == self.kind
            and year in self.years
            and (not self.subjects or subject in self.subjects)
            and (not self.grades or grade in self.grades)
        )


@dataclass(frozen=True, slots=True)
class SubjectCode:
    """A subject code of ГИА protocols; several ``subjects`` = sources disagree; ``kind`` where the code says it."""

    code: str
    subjects: tuple[Subject, ...]
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class ScaleBook:
    """All scales of a directory. Nothing is found by nearness: another year is another scale."""

    scales: tuple[Scale, ...] = ()
    missing: tuple[MissingScale, ...] = ()
    subject_codes: Mapping[str, SubjectCode] = field(default_factory=dict)
    _by_key: dict[_Key, Scale] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for scale in self.scales:
            self._by_key[(scale.kind, scale.subject, scale.grade, scale.year, scale.region)] = scale

    def find(
        self, kind: Kind, subject: Subject, grade: int, year: int, region: str | None = None
    ) -> Scale | None:
        """The scale of the region where it has its own, else the common one; None where nobody has a source."""
        own = self._by_key.get((kind, subject, grade, year, region)) if region else None
        return own or self._by_key.get((kind, subject, grade, year, None))

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that have scales of their own."""
        return tuple(sorted({scale.region for scale in self.scales if scale.region}))

    def why_missing(self, kind: Kind, subject: Subject, grade: int, year: int) -> str | None:
        """What is known of a gap, for people; None when nothing is written down about it."""
        for gap in self.missing:
            if gap.covers(kind, subject, grade, year):
                return gap.reason
        return None


def load_scales(directory: Path) -> ScaleBook:
    """All ``<kind>/<year>[-region].yaml`` of a directory, ``missing.yaml`` and ``subject_codes.yaml``.

    Raises ``ScaleError`` (file, line, sentence, remedy) for a directory without scales and for any mistake in a
    file: a methodology must not run on half a set of scales.
    """
    scales: list[Scale] = []
    missing: list[MissingScale] = []
    places: dict[str, str] = {}
    paths = sorted(directory.glob("*/*.yaml"))
    if not paths:
        raise ScaleError(
            str(directory),
            None,
            gettext("В папке нет шкал."),
            gettext("Укажите папку с файлами <вид>/<год>.yaml."),
        )
    for path in paths:
        document = _document(path, directory)
        for scale, node in _scales(document):
            _check_once(scale, node, places)
            scales.append(scale)
        missing.extend(_gaps(document, document.text("kind"), (document.whole("year"),)))
    if (common := directory / "missing.yaml").exists():
        missing.extend(_gaps(read_yaml(common, directory), None, ()))
    return ScaleBook(tuple(scales), tuple(missing), _subject_codes(directory))


def _document(path: Path, directory: Path) -> Node:
    """A file of one kind and year, checked against its own place."""
    document = read_yaml(path, directory)
    document.only({"kind", "year", "confirmed", "source", "region", "scales", "missing"})
    stem = _STEM.match(path.stem)
    if stem is None or int(stem["year"]) != document.whole("year"):
        raise document.error(
            gettext("Год в имени файла и строка «year» расходятся."),
            gettext("Назовите файл по году: 2021.yaml."),
            at="year",
        )
    if _kind(document).value.partition("_")[0] != path.parent.name:
        raise document.error(
            gettext("Вид в имени папки и строка «kind» расходятся."),
            gettext("Положите файл в папку своего вида."),
            at="kind",
        )
    return document


def _check_once(scale: Scale, node: Node, places: dict[str, str]) -> None:
    if scale.key in places:
        raise node.error(
            gettext("Шкала {key} уже записана в {other}.", key=scale.key, other=places[scale.key]),
            gettext("Оставьте одну. Шкала региона записывается со строкой «region:»."),
        )
    places[scale.key] = node.place


def _scales(document: Node) -> Iterator[tuple[Scale, Node]]:
    for node in document.nodes("scales"):
        node.only(
            {"kind", "subject", "grade", "maximum", "lower", "minimum", "unit", "items", "extra", "note",
             "source", "confirmed", "region"}
        )  # fmt: skip
        try:
            yield _scale(node, document), node
        except ValueError as problem:
            raise node.error(
                gettext("Шкала противоречит себе: {detail}.", detail=problem),
                gettext("Сверьте границы и максимумы заданий с источником."),
            ) from problem


def _scale(node: Node, document: Node) -> Scale:
    unit = node.word("unit", UNITS, "raw")
    lower = _lower(node)
    return Scale(
        kind=_kind(node if node.has("kind") else document),
        subject=Subject(node.word("subject", [str(subject) for subject in Subject])),
        grade=node.whole("grade", low=1, high=12),
        year=document.whole("year", low=2000, high=2100),
        maximum=node.whole("maximum", low=1),
        lower=lower,
        minimum=lower[0] if lower else node.whole("minimum", low=1),
        source=(node if node.has("source") else document).text("source"),
        confirmed=(node if node.has("confirmed") else document).truth("confirmed"),
        unit=unit,
        region=(node if node.has("region") else document).optional_text("region"),
        note=node.optional_text("note") or "",
        extra=tuple(_conditions(node)),
        items=_items(node),
    )


def _kind(node: Node) -> Kind:
    return Kind(node.word("kind", [str(kind) for kind in Kind]))


def _lower(node: Node) -> tuple[int, int, int] | None:
    bounds = node.wholes("lower")
    if not bounds:
        return None
    if len(bounds) != 3:
        raise node.error(
            gettext("Границ отметок {found}, а нужно три.", found=len(bounds)),
            gettext("Запишите наименьшие баллы отметок «3», «4», «5»: lower: [6, 10, 15]."),
            at="lower",
        )
    return bounds[0], bounds[1], bounds[2]


def _items(node: Node) -> tuple[Item, ...]:
    items = []
    for position, written in enumerate((node.optional_text("items") or "").split(), start=1):
        parsed = _ITEM.match(_latin_as_russian(written))
        if parsed is None:
            raise node.error(
                gettext("Задание «{written}» не читается.", written=written),
                gettext("Запишите «обозначение(максимум)уровень»: 11.2(3)П или 1К3(2)."),
                at="items",
            )
        items.append(Item(position, parsed["label"], int(parsed["maximum"]), parsed["level"]))
    return tuple(items)


def _conditions(node: Node) -> Iterator[Condition]:
    for condition in node.nodes("extra"):
        condition.only({"text", "items", "least", "otherwise"})
        yield Condition(
            text=condition.text("text"),
            items=tuple(_latin_as_russian(condition.text("items")).split()),
            least=condition.whole("least", low=1),
            otherwise=condition.whole("otherwise", low=2, high=5),
        )


def _latin_as_russian(written: str) -> str:
    """Latin K looks the same and is what descriptions often have."""
    return written.replace("K", "К")


def _gaps(document: Node, kind: str | None, years: tuple[int, ...]) -> Iterator[MissingScale]:
    for node in document.nodes("missing"):
        node.only({"kind", "years", "subjects", "grades", "reason", "held"})
        yield MissingScale(
            kind=_kind(node) if node.has("kind") or kind is None else Kind(kind),
            years=_years(node, years),
            reason=node.text("reason"),
            subjects=tuple(_subjects(node, "subjects")),
            grades=tuple(node.wholes("grades")),
            held=node.truth("held") if node.has("held") else True,
        )


def _years(node: Node, years: tuple[int, ...]) -> tuple[int, ...]:
    given = tuple(node.wholes("years")) or years
    if not given:
        raise node.error(gettext("Нет строки «{name}».", name="years"), gettext("Добавьте её."))
    return given


def _subjects(node: Node, name: str) -> Iterator[Subject]:
    known = {str(subject): subject for subject in Subject}
    for written in node.texts(name):
        if written not in known:
            raise node.error(
                gettext("Предмет «{value}» неизвестен.", value=written),
                gettext("Возможны: {options}.", options=", ".join(known)),
                at=name,
            )
        yield known[written]


def _subject_codes(directory: Path) -> dict[str, SubjectCode]:
    path = directory / SUBJECT_CODES
    if not path.exists():
        return {}
    document = read_yaml(path, directory)
    document.only({"source", "codes", "disputed"})
    codes: dict[str, SubjectCode] = {}
    for code, node in document.members("codes"):
        subject = Subject(node.word("subject", [str(subject) for subject in Subject]))
        codes[code] = SubjectCode(code, (subject,), _kind(node) if node.has("kind") else None)
    if document.has("disputed"):
        disputed = document.inner("disputed")
        for code in disputed.data:
            codes[str(code)] = SubjectCode(str(code), tuple(_subjects(disputed, code)))
    return codes
