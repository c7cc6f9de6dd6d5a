"""Names, types and scopes of a whole methodology: what the nodes cannot know of one another.

``resolve`` gives every definition its scope and refuses, with the line it stands on, a name that does not exist, a
condition where a number is wanted, a school indicator inside a rule about one assessment, and circles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from rostok.methodology.dependencies import CircleError, order
from rostok.methodology.errors import WordingError, perhaps
from rostok.methodology.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Membership,
    Name,
    Number,
    Text,
    Type,
    names,
    type_of,
    unparse,
    walk,
)
from rostok.methodology.nodes import (
    CELL_NAMES,
    COUNTING_UNITS,
    RESERVED,
    RESERVED_FOR_INDICATORS,
    SCHOOL_ATTRIBUTES,
    SCHOOL_NAMES,
    Aggregate,
    AtLeast,
    Bands,
    Context,
    Definition,
    Formula,
    Index,
    Parent,
    Previous,
    Scope,
    Shrunken,
    When,
    Wording,
)
from rostok.methodology.parameters import Parameter
from rostok.methodology.templates import check_places
from rostok.schema.assessments import Kind, Subject, Wave
from rostok.wording import gettext

FIXED_PLACEHOLDERS = (
    "what", "kind", "subject", "by_subject", "class", "grade", "wave", "year", "school_year", "share", "participants", "below",
)  # fmt: skip

_Definition = TypeVar("_Definition", bound=Definition)


class Names:
    """Types, scopes and vocabularies of every name known so far."""

    def __init__(self, parameters: Iterable[Parameter], has_cells: bool) -> None:
        parameters = tuple(parameters)
        self.types: dict[str, Type] = dict.fromkeys(SCHOOL_ATTRIBUTES, Type.TEXT)
        self.types |= {parameter.name: parameter.type for parameter in parameters}
        self.types |= SCHOOL_NAMES
        self.scopes: dict[str, Scope] = dict.fromkeys(SCHOOL_NAMES, Scope.SCHOOL)
        if has_cells:
            self.types |= CELL_NAMES
            self.scopes |= dict.fromkeys(CELL_NAMES, Scope.CELL)
        self.constants = {parameter.name for parameter in parameters}
        self.vocabulary: dict[str, tuple[str, ...]] = {
            "kind": tuple(Kind), "subject": tuple(Subject), "wave": tuple(Wave), "territory": ("urban", "rural"),
        }  # fmt: skip
        self.vocabulary |= {parameter.name: parameter.words for parameter in parameters if parameter.choices}
        self.definitions: dict[str, Definition] = {}

    def add(self, definition: Definition) -> None:
        self.definitions[definition.name] = definition
        if isinstance(definition, AtLeast) and definition.each_year:
            return  # a verdict per year is counted by another rule and has no value of its own
        self.types[definition.name] = Type.TRUTH if isinstance(definition, When | AtLeast) else Type.NUMBER
        self.scopes[definition.name] = definition.scope

    def scope_of(self, *expressions: Expression | None) -> Scope | None:
        """The scope the expressions speak of; None when they fit both. WordingError when they mix."""
        given = [expression for expression in expressions if expression is not None]
        used = {name for expression in given for name in names(expression)}
        cell = sorted(name for name in used if self.scopes.get(name) is Scope.CELL)
        school = sorted(name for name in used if self.scopes.get(name) is Scope.SCHOOL)
        school += [
            "assigned"
            for item in given
            for part in walk(item)
            if isinstance(part, Call) and part.function == "assigned"
        ]
        if cell and school:
            raise WordingError(
                gettext(
                    "«{cell}» — об одной работе, а «{school}» — о школе целиком.",
                    cell=cell[0],
                    school=school[0],
                ),
                gettext("Сначала соберите работы в показатель школы: mean, sum, count или at_least."),
            )
        return Scope.CELL if cell else Scope.SCHOOL if school else None

    def check(self, expression: Expression | None, wanted: Type) -> None:
        """Names, types and quoted words of one expression."""
        if expression is None:
            return
        found = type_of(expression, self.types)
        if found is not wanted:
            needed = {
                Type.NUMBER: gettext("число"),
                Type.TEXT: gettext("слово"),
                Type.TRUTH: gettext("условие"),
            }
            raise WordingError(
                gettext("здесь нужно {wanted}, а стоит {found}.", wanted=needed[wanted], found=needed[found]),
                gettext(
                    "Условие — это сравнение (share >= 0.3) или имя правила; число — показатель или формула."
                ),
            )
        for part in walk(expression):
            self._check_words(part)

    def _check_words(self, part: Expression) -> None:
        match part:
            case Comparison(_, Name(name), Text(word)) | Comparison(_, Text(word), Name(name)):
                words = [word]
            case Membership(Name(name), options):
                words = [option.value for option in options if isinstance(option, Text)]
            case _:
                return
        for word in words:
            if name in self.vocabulary and word not in self.vocabulary[name]:
                raise WordingError(
                    gettext("у «{name}» нет значения «{word}».", name=name, word=word),
                    perhaps(word, self.vocabulary[name]),
                )

    def check_scope(self, wanted: Scope, *expressions: Expression | None) -> None:
        found = self.scope_of(*expressions)
        if found is not None and found is not wanted:
            about = {Scope.CELL: gettext("об одной работе"), Scope.SCHOOL: gettext("о школе целиком")}
            raise WordingError(
                gettext(
                    "здесь говорят {wanted}, а выражение — {found}.", wanted=about[wanted], found=about[found]
                ),
                gettext("Работы собирают в показатель школы словами mean, sum, count и at_least."),
            )

    def check_constant(self, expression: Expression, wanted: Type) -> None:
        """A number, a quoted word or a parameter, and nothing computed."""
        if isinstance(expression, Name) and expression.name not in self.types:
            raise WordingError(
                gettext("имя «{name}» неизвестно.", name=expression.name),
                perhaps(expression.name, self.constants),
            )
        self.check(expression, wanted)
        fixed = isinstance(expression, Number | Text) or (
            isinstance(expression, Name) and expression.name in self.constants
        )
        if not fixed:
            raise WordingError(
                gettext(
                    "«{text}» может меняться от школы к школе, а здесь нужно постоянное.",
                    text=unparse(expression),
                ),
                gettext("Возьмите число или параметр."),
            )


def resolve(
    definitions: tuple[Definition, ...], known: Names, refuse: Callable[[str, WordingError], Exception]
) -> Mapping[str, Definition]:
    """Every definition with its scope, by name; ``refuse(name, wrong)`` makes the exception with the place."""
    taken = set(known.constants)
    for definition in definitions:
        if definition.name in taken or _is_reserved(definition):
            raise refuse(definition.name, _taken(definition.name))
        taken.add(definition.name)
    try:
        ordered = order(definitions)
    except CircleError as circle:
        raise refuse(circle.name, circle) from None
    for definition in ordered:
        try:
            known.add(_resolved(definition, known))
        except WordingError as wrong:
            raise refuse(definition.name, wrong) from None
    return known.definitions


def _is_reserved(definition: Definition) -> bool:
    is_rule = isinstance(definition, When | AtLeast)
    return definition.name in RESERVED or (definition.name in RESERVED_FOR_INDICATORS and not is_rule)


def _taken(name: str) -> WordingError:
    return WordingError(
        gettext("имя «{name}» уже занято.", name=name),
        gettext("Параметры, показатели, правила и столбцы данных делят одни имена: возьмите другое."),
    )


def _resolved(definition: Definition, known: Names) -> Definition:
    match definition:
        case Formula():
            known.check(definition.value, Type.NUMBER)
            return replace(definition, scope=known.scope_of(definition.value) or Scope.SCHOOL)
        case When():
            known.check(definition.when, Type.TRUTH)
            known.check(definition.needs, Type.TRUTH)
            return replace(
                definition, scope=known.scope_of(definition.when, definition.needs) or Scope.SCHOOL
            )
        case Aggregate():
            known.check(definition.of, Type.TRUTH if definition.how == "count" else Type.NUMBER)
            known.check(definition.weight, Type.NUMBER)
            known.check(definition.where, Type.TRUTH)
            known.check_scope(Scope.CELL, definition.of, definition.weight, definition.where)
        case Previous() | Bands():
            _indicator(definition.of, known, definition.scope)
        case Index():
            for part, weight in definition.parts:
                _indicator(part, known, Scope.SCHOOL)
                known.check_constant(weight, Type.NUMBER)
        case Parent():
            return replace(definition, scope=_parent_scope(definition.of, known))
        case Shrunken():
            scope = _indicator(definition.of, known, None)
            known.check(definition.variance, Type.NUMBER)
            known.check_scope(scope, definition.variance)
            return replace(definition, scope=scope)
        case AtLeast():
            _check_at_least(definition, known)
        case Context():
            pass
    return definition


def _indicator(name: str, known: Names, scope: Scope | None) -> Scope:
    """The scope of an indicator; WordingError when there is none of that name, or it is of another scope."""
    known.check(Name(name), Type.NUMBER)
    found = known.scopes.get(name)
    if name not in known.definitions or found is None:
        raise WordingError(
            gettext("«{name}» — не показатель.", name=name),
            perhaps(
                name, [key for key, item in known.definitions.items() if not isinstance(item, When | AtLeast)]
            ),
        )
    if scope is not None:
        known.check_scope(scope, Name(name))
    return found


def _parent_scope(name: str, known: Names) -> Scope:
    scope = _indicator(name, known, None)
    of = known.definitions[name]
    quotient = isinstance(of, Formula) and isinstance(of.value, Arithmetic) and of.value.operator == "/"
    if isinstance(of, Aggregate) or (scope is Scope.CELL and quotient):
        return scope
    raise WordingError(
        gettext("«{name}» нельзя посчитать для района или региона.", name=name),
        gettext(
            "Годится частное «a / b» об одной работе или показатель с mean, sum, count: складываются числители и знаменатели."
        ),
    )


def _check_at_least(rule: AtLeast, known: Names) -> None:
    of = known.definitions.get(rule.of)
    over_years = isinstance(of, AtLeast) and of.each_year
    over_cells = isinstance(of, When) and of.scope is Scope.CELL
    if not (over_years or over_cells):
        countable = [name for name, item in known.definitions.items()
                     if (isinstance(item, When) and item.scope is Scope.CELL) or (isinstance(item, AtLeast) and item.each_year)]  # fmt: skip
        raise WordingError(
            gettext("«{name}» нельзя посчитать по работам или годам.", name=rule.of),
            perhaps(rule.of, countable),
        )
    if over_years and (rule.where or rule.count_by or rule.each_year):
        raise WordingError(
            gettext("при счёте лет where, count_by и each_year не нужны."),
            gettext("Поставьте их в правило, которое считает работы."),
        )
    if rule.each_year and rule.needs:
        raise WordingError(
            gettext("needs вместе с each_year не бывает."),
            gettext("Поставьте needs в правило, которое считает годы."),
        )
    known.check_constant(rule.least, Type.NUMBER)
    known.check(rule.where, Type.TRUTH)
    known.check_scope(Scope.CELL, rule.where)
    known.check(rule.needs, Type.TRUTH)
    known.check_scope(Scope.SCHOOL, rule.needs)
    if rule.count_by is not None:
        _check_count_by(rule.count_by, known)


def _check_count_by(count_by: Expression, known: Names) -> None:
    known.check_constant(count_by, Type.TEXT)
    words: tuple[str, ...] = ()
    if isinstance(count_by, Text):
        words = (count_by.value,)
    elif isinstance(count_by, Name):
        words = known.vocabulary.get(count_by.name, ())
    for word in words:
        if word not in COUNTING_UNITS:
            raise WordingError(
                gettext("считать по «{word}» нельзя.", word=word), perhaps(word, COUNTING_UNITS)
            )


def check_template(template: Wording, scope: Scope, known: Names) -> None:
    """Places of a reason: parameters; of one paper its identity, counts and indicators; of a school its indicators."""
    own = {
        name
        for name, item in known.definitions.items()
        if item.scope is scope and not isinstance(item, When | AtLeast)
    }
    fixed = FIXED_PLACEHOLDERS if scope is Scope.CELL else tuple(SCHOOL_NAMES)
    for text in (template.ru, template.en):
        check_places(text, {*fixed, *known.constants, *own}, own if scope is Scope.SCHOOL else ())
