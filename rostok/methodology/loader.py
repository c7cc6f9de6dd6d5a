"""YAML → nodes. The only place that knows how a methodology is written; errors name file, line and remedy.

The words stand in the tuples beside the functions that read them; what they mean stands in ``nodes``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from rostok.methodology.checks import Names, check_template, resolve
from rostok.methodology.errors import MethodologyError, WordingError, perhaps
from rostok.methodology.expressions import Expression, Name, Type
from rostok.methodology.nodes import (
    Aggregate,
    AtLeast,
    Bands,
    Context,
    Definition,
    Formula,
    Index,
    Indicator,
    Origin,
    Parent,
    Previous,
    Rule,
    Scale,
    Scope,
    Selector,
    Shrunken,
    When,
    Window,
    Wording,
)
from rostok.methodology.parameters_yaml import read_parameters
from rostok.methodology.whole import Example, Methodology
from rostok.methodology.yaml_tables import Mapped, read_yaml
from rostok.methodology.yaml_wordings import wording_of, wording_or_none
from rostok.schema.assessments import Kind, Subject, Wave
from rostok.wording import gettext

_WORDS = (
    "id", "version", "title", "about", "source", "author", "checked_by", "valid_from", "review_on", "parameters",
    "assessments", "taught", "window", "indicators", "rules", "category", "verdict", "low_results", "reason", "examples",
)  # fmt: skip

_DEFAULT_REASON = Wording(
    "{what} {by_subject}, {class}, {wave} {year}: {share}",
    "{what} in {subject}, {class}, {wave} {year}: {share}",
)


def load(text: str, name: str) -> Methodology:
    """The methodology written in ``text``; ``name`` is the file as shown to people. Raises MethodologyError."""
    root = read_yaml(text, name).only(*_WORDS)
    parameters = read_parameters(root)
    selectors = _selectors(root)
    known = Names(parameters, has_cells=bool(selectors))
    indicators, rules = _definitions(root, known)
    category, otherwise = _category(root, known)
    verdict = _verdict(root, known)
    return Methodology(
        id=root.text("id"),
        version=root.text("version"),
        title=wording_of(root, "title"),
        about=wording_or_none(root, "about"),
        source=_origin(root),
        author=root.text("author"),
        checked_by=root.text("checked_by"),
        valid_from=root.day("valid_from"),
        review_on=root.day("review_on"),
        parameters=parameters,
        selectors=selectors,
        taught=_taught(root),
        window=_window(root, known),
        indicators=indicators,
        rules=rules,
        category=category,
        otherwise=otherwise,
        verdict=verdict,
        low_results="low_results" in root,
        reason=_reason(root, known),
        examples=_examples(root),
        file=name,
    )


def _origin(root: Mapped) -> Origin:
    source = root.table("source", gettext("источник методики")).only("document", "confirmed", "note")
    return Origin(source.text("document"), source.truth("confirmed"), wording_or_none(source, "note"))


# --- assessments, window --------------------------------------------------------------------------------------


def _selectors(root: Mapped) -> tuple[Selector, ...]:
    selectors: list[Selector] = []
    for entry in root.tables("assessments", gettext("какие работы")):
        selector = _selector(entry)
        if any(selector.overlaps(other) for other in selectors):
            raise MethodologyError(
                root.file, entry.line, gettext("эти работы уже выбраны строкой выше."), gettext("Разведите их по предметам или классам.")
            )  # fmt: skip
        selectors.append(selector)
    return tuple(selectors)


def _selector(entry: Mapped) -> Selector:
    entry.only("kind", "join", "as", "subjects", "grades", "waves", "below")
    if ("kind" in entry) == ("join" in entry):
        raise MethodologyError(
            entry.file,
            entry.line,
            gettext("нужно одно из двух: kind или join."),
            gettext("join складывает виды в одну работу."),
        )
    kinds = tuple(Kind(word) for word in entry.words("join" if "join" in entry else "kind", tuple(Kind)))
    row_kind = Kind(entry.word("as", tuple(Kind))) if "join" in entry else kinds[0]
    subjects = tuple(Subject(word) for word in entry.words("subjects", tuple(Subject)))
    waves = entry.words("waves", tuple(Wave)) if "waves" in entry else (Wave.SPRING, Wave.AUTUMN)
    below = entry.expression("below", Name("under_minimum"))
    _check_below(entry, below)
    grades = tuple(int(grade) for grade in entry.numbers("grades"))
    if len(kinds) > 1 and "kind" in entry:
        raise entry.fail(
            "kind", gettext("у kind один вид работы."), gettext("Для нескольких — отдельная строка или join.")
        )
    return Selector(kinds, row_kind, subjects, grades, tuple(Wave(wave) for wave in waves), below)


def _check_below(entry: Mapped, below: Expression) -> None:
    """``below`` counts pupils from the columns of the data only."""
    known = Names((), has_cells=True)
    del known.types["below"]
    try:
        known.check(below, Type.NUMBER)
    except WordingError as wrong:
        raise entry.refuse("below", wrong) from None


def _taught(root: Mapped) -> tuple[tuple[str, int], ...]:
    if "taught" not in root:
        return ()
    table = root.table("taught", gettext("до какого класса учат"))
    return tuple(sorted((kind, table.whole(kind)) for kind in table.names()))


def _window(root: Mapped, known: Names) -> Window | None:
    if "window" not in root:
        return None
    table = root.table("window", gettext("окно лет")).only("latest", "of")
    latest = table.expression("latest")
    try:
        known.check_constant(latest, Type.NUMBER)
    except WordingError as wrong:
        raise table.refuse("latest", wrong) from None
    return Window(latest, table.word("of", ("calendar_years", "school_years"), "calendar_years"))


# --- indicators and rules ---------------------------------------------------------------------------------------

_AGGREGATES = ("mean", "sum", "count", "min", "max")


def _definitions(root: Mapped, known: Names) -> tuple[tuple[Indicator, ...], tuple[Rule, ...]]:
    places: dict[str, Mapped] = {}
    built: dict[str, list[Definition]] = {}
    for section, read in (("indicators", _indicator), ("rules", _rule)):
        built[section] = []
        if section not in root:
            continue
        table = root.table(section, section)
        for name in table.names():
            if name in places:
                raise table.fail(
                    name,
                    gettext("имя «{name}» уже занято.", name=name),
                    gettext("Показатели и правила делят одни имена."),
                )
            if not name.isidentifier() or name.startswith("_"):
                raise table.fail(
                    name,
                    gettext("имя «{name}» не годится.", name=name),
                    gettext("Буквы, цифры и «_», без пробелов."),
                )
            places[name] = table
            built[section].append(read(name, table.table(name, gettext("«{name}»", name=name))))

    def refuse(name: str, wrong: WordingError) -> Exception:
        return places[name].refuse(name, wrong)

    resolved = resolve((*built["indicators"], *built["rules"]), known, refuse)
    for item in built["rules"]:
        _check_reason(cast(Rule, resolved[item.name]), places[item.name], known)
    indicators = tuple(cast(Indicator, resolved[item.name]) for item in built["indicators"])
    return indicators, tuple(cast(Rule, resolved[item.name]) for item in built["rules"])


def _indicator(name: str, entry: Mapped) -> Definition:
    """One indicator by the word that makes it."""
    readers: dict[str, Callable[[str, str, Mapped], Definition]] = {
        "value": _formula, "previous": _previous, "context": _context, "index": _index, "bands": _bands,
        "region": _parent, "municipality": _parent, "shrink": _shrunken, **dict.fromkeys(_AGGREGATES, _aggregate),
    }  # fmt: skip
    found = [word for word in entry.names() if word in readers]
    if len(found) != 1:
        unknown = [word for word in entry.names() if word not in readers]
        raise MethodologyError(
            entry.file, entry.line, gettext("у показателя «{name}» нет слова, которое говорит, как он считается.", name=name)
            if not found else gettext("у показателя «{name}» несколько способов: {words}.", name=name, words=", ".join(found)),
            perhaps(unknown[0] if unknown and not found else "", readers),
        )  # fmt: skip
    return replace(
        readers[found[0]](name, entry.text("unit", ""), entry), note=wording_or_none(entry, "note")
    )


def _formula(name: str, unit: str, entry: Mapped) -> Definition:
    entry.only("value", "unit", "note")
    return Formula(name, unit, Scope.SCHOOL, entry.expression("value"))


def _previous(name: str, unit: str, entry: Mapped) -> Definition:
    entry.only("previous", "unit", "note")
    return Previous(name, unit, entry.text("previous"))


def _aggregate(name: str, unit: str, entry: Mapped) -> Definition:
    how = next(word for word in _AGGREGATES if word in entry)
    entry.only(how, "unit", "note", "where", "years", *(("weight",) if how == "mean" else ()))
    years = entry.word("years", ("all", "latest", "first", "change"), "all")
    return Aggregate(
        name, unit, how, entry.expression(how), entry.maybe("weight"), entry.maybe("where"), years
    )


def _context(name: str, unit: str, entry: Mapped) -> Definition:
    entry.only("context", "unit", "note", "year")
    return Context(name, unit, entry.text("context"), entry.word("year", ("latest", "previous"), "latest"))


def _index(name: str, unit: str, entry: Mapped) -> Definition:
    entry.only("index", "unit", "note")
    parts = entry.table("index", gettext("части индекса и их веса"))
    return Index(name, unit, tuple((part, parts.expression(part)) for part in parts.names()))


def _bands(name: str, unit: str, entry: Mapped) -> Definition:
    entry.only("bands", "unit", "note", "by_kind", *_SCALE_WORDS)
    by_kind: list[tuple[str, Scale]] = []
    if "by_kind" in entry:
        kinds = entry.table("by_kind", gettext("пороги по видам школ"))
        for kind in kinds.names():
            by_kind.append((kind, _scale(kinds.table(kind, kind).only(*_SCALE_WORDS))))
    return Bands(name, unit, entry.text("bands"), _scale(entry), tuple(by_kind))


_SCALE_WORDS = ("cuts", "first", "width", "offset", "side")


def _scale(entry: Mapped) -> Scale:
    side = entry.word("side", ("(a,b]", "[a,b)"), "(a,b]")
    try:
        return Scale(
            closed="right" if side == "(a,b]" else "left",
            cuts=entry.numbers("cuts") if "cuts" in entry else (),
            first=entry.whole("first", 1),
            width=entry.number("width") if "width" in entry else None,
            offset=entry.whole("offset", 0),
        )
    except WordingError as wrong:
        raise MethodologyError(entry.file, entry.line, wrong.sentence, wrong.remedy) from None


def _parent(name: str, unit: str, entry: Mapped) -> Definition:
    level = "region" if "region" in entry else "municipality"
    entry.only(level, "unit", "note")
    return Parent(name, unit, entry.text(level), level, Scope.SCHOOL)


def _shrunken(name: str, unit: str, entry: Mapped) -> Definition:
    entry.only("shrink", "variance", "unit", "note")
    return Shrunken(name, unit, entry.text("shrink"), entry.expression("variance"), Scope.SCHOOL)


def _rule(name: str, entry: Mapped) -> Definition:
    note, reason = wording_or_none(entry, "note"), wording_or_none(entry, "reason")
    if "at_least" not in entry:
        entry.only("when", "needs", "note", "reason")
        return When(name, Scope.SCHOOL, entry.expression("when"), entry.maybe("needs"), note, reason)
    entry.only("at_least", "of", "where", "count_by", "each_year", "needs", "note", "reason")
    return AtLeast(
        name,
        entry.expression("at_least"),
        entry.text("of"),
        entry.maybe("where"),
        entry.maybe("count_by"),
        entry.truth("each_year", False),
        entry.maybe("needs"),
        note,
        reason,
    )


def _check_reason(rule: Rule, table: Mapped, known: Names) -> None:
    """The reason of a counting rule speaks of the papers it counts, that of another rule of what the rule is about."""
    try:
        check_template(rule.reason, Scope.CELL if isinstance(rule, AtLeast) else rule.scope, known)
    except WordingError as wrong:
        raise table.table(rule.name, rule.name).refuse("reason", wrong) from None


# --- what is said at the end ------------------------------------------------------------------------------------


def _category(root: Mapped, known: Names) -> tuple[tuple[tuple[str, Expression], ...], str | None]:
    """Label → condition in the order written; ``otherwise`` is the label where none holds."""
    if "category" not in root:
        return (), None
    table = root.table("category", gettext("категории"))
    labels: list[tuple[str, Expression]] = []
    for label in table.names():
        if label == "otherwise":
            continue
        condition = table.expression(label)
        try:
            known.check(condition, Type.TRUTH)
            known.check_scope(Scope.SCHOOL, condition)
        except WordingError as wrong:
            raise table.refuse(label, wrong) from None
        labels.append((label, condition))
    return tuple(labels), table.text("otherwise") if "otherwise" in table else None


def _verdict(root: Mapped, known: Names) -> str | None:
    """``low_results: rule`` answers the question of the list; ``verdict: rule`` another yes-or-no question."""
    given = [word for word in ("verdict", "low_results") if word in root]
    if not given:
        return None
    if len(given) == 2:
        raise root.fail(
            "verdict", gettext("verdict и low_results вместе не бывают."), gettext("Оставьте одно.")
        )
    name = root.text(given[0])
    rule = known.definitions.get(name)
    answers = [
        key for key, item in known.definitions.items()
        if isinstance(item, When | AtLeast) and key in known.types and item.scope is Scope.SCHOOL
    ]  # fmt: skip
    if rule is None or name not in answers:
        raise root.fail(
            given[0], gettext("«{name}» — не правило о школе.", name=name), perhaps(name, answers)
        )
    return name


def _reason(root: Mapped, known: Names) -> Wording:
    if "reason" not in root:
        return _DEFAULT_REASON
    reason = wording_of(root, "reason")
    try:
        check_template(reason, Scope.CELL, known)
    except WordingError as wrong:
        raise root.refuse("reason", wrong) from None
    return reason


def _examples(root: Mapped) -> tuple[Example, ...]:
    examples = []
    for entry in root.tables("examples", gettext("пример")):
        entry.only("name", "given", "schools", "context", "categories", "on", "expect")
        expect = entry.table("expect", gettext("ожидаемое"))
        wanted = []
        for school in expect.names():
            values = expect.table(school, gettext("ожидаемое для школы"))
            wanted.append((school, tuple((str(key), _plain(value)) for key, value in values.data.items())))
        examples.append(
            Example(
                entry.text("name"), entry.block("given"), entry.block("schools"), entry.block("context"),
                entry.block("categories"), entry.day("on") if "on" in entry else None, tuple(wanted), entry.line,
            )
        )  # fmt: skip
    return tuple(examples)


def _plain(value: object) -> object:
    """YAML's own number and string classes → Python's."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    return str(value)
