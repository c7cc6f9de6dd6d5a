"""Worked examples of a methodology: tables as text → rows, and what came out instead of what was expected.

Run by the tests on both evaluators, by the manual, and by ``rostok methodology check``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rostok.methodology.errors import MethodologyError, perhaps
from rostok.methodology.explain import Explainer
from rostok.methodology.grounds import SchoolFigures
from rostok.methodology.reference import ReferenceEvaluation, evaluate_rows
from rostok.methodology.reference_figures import Row
from rostok.methodology.whole import Example, Methodology
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.tables import CATEGORIES, CONTEXT, FACTS, SCHOOLS, Table
from rostok.wording import NBSP, gettext, use_language

_SHORT = {"school": "school_id", "below": "under_minimum", "municipality": "municipality_id"}
_CLOSE = 5e-7  # expected figures are written with six digits


@dataclass(frozen=True, slots=True)
class ExampleTables:
    """The rows of one example in the columns of the declared tables, and the day it speaks of."""

    facts: list[Row]
    schools: list[Row]
    context: list[Row]
    categories: list[Row]
    on: dt.date


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that did not come true; ``line`` is where the example stands."""

    example: str
    school: str
    name: str
    expected: str
    found: str
    line: int

    @property
    def sentence(self) -> str:
        return gettext(
            "Пример «{example}», школа {school}: {name} — {found}, а ожидалось {expected}.",
            example=self.example, school=self.school, name=self.name, found=self.found, expected=self.expected,
        )  # fmt: skip


Evaluator = Callable[[Methodology, ExampleTables], ReferenceEvaluation]


def on_reference(methodology: Methodology, tables: ExampleTables) -> ReferenceEvaluation:
    """The reference evaluator on the tables of an example."""
    return evaluate_rows(
        methodology, tables.facts, tables.schools, tables.context, tables.categories, on=tables.on
    )


def check_examples(methodology: Methodology, evaluator: Evaluator = on_reference) -> tuple[Mismatch, ...]:
    """Every expectation of every example that does not come true; MethodologyError for an unreadable table."""
    return tuple(
        mismatch for example in methodology.examples for mismatch in _check(methodology, example, evaluator)
    )


def tables_of(methodology: Methodology, example: Example) -> ExampleTables:
    """The rows an example gives. Columns not written are missing; the wave is spring unless written."""

    def rows(text: str, table: Table) -> list[Row]:
        try:
            return read_table(text, table)
        except ValueError as wrong:
            raise MethodologyError(
                methodology.file, example.line, str(wrong), gettext("Проверьте таблицу примера.")
            ) from None

    facts = [_fact(row) for row in rows(example.given, FACTS)]
    context, categories = rows(example.context, CONTEXT), rows(example.categories, CATEGORIES)
    years = [int(str(row["year"])) for row in (*facts, *context, *categories)]
    on = example.on or dt.date(max(years, default=methodology.valid_from.year), 12, 31)
    return ExampleTables(facts, rows(example.schools, SCHOOLS), context, categories, on)


def read_table(text: str, table: Table) -> list[Row]:
    """Rows of a table drawn with «|»; an empty cell or «-» is missing. ValueError for a column that is not there.

    >>> read_table("school | kind\\nA | СОШ", SCHOOLS)[0]["kind"]
    'СОШ'
    """
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    head = [_SHORT.get(name, name) for name in lines[0]]
    for name in head:
        if name not in table.names:
            raise ValueError(
                gettext("столбца «{name}» нет. {remedy}", name=name, remedy=perhaps(name, table.names))
            )
    rows = []
    for cells in lines[1:]:
        if len(cells) != len(head):
            raise ValueError(gettext("в строке «{line}» {given} ячеек, а столбцов {wanted}.", line=" | ".join(cells), given=len(cells), wanted=len(head)))  # fmt: skip
        row: Row = dict.fromkeys(table.names)
        rows.append(
            row | {name: _cell(cell, table.column(name).type) for name, cell in zip(head, cells, strict=True)}
        )
    return rows


def _cell(text: str, type_: str) -> object:
    if text in {"", "-", "—"}:
        return None
    if type_ == "string":
        return text
    number = float(text.replace(",", "."))
    return number if type_ == "double" else int(number)


def _fact(row: Row) -> Row:
    """Fill in what follows from the identity of the assessment."""
    grade = row["pupil_grade"] or 0
    wave = Wave(str(row["wave"] or "spring"))
    assessment = Assessment(
        Kind(str(row["kind"])), int(str(row["year"])), wave, Subject(str(row["subject"])), int(str(row["grade"])), int(str(grade))
    )  # fmt: skip
    return row | {
        "wave": str(wave), "pupil_grade": assessment.pupil_grade, "school_year": str(assessment.school_year),
        "cohort": assessment.cohort,
    }  # fmt: skip


def _check(methodology: Methodology, example: Example, evaluator: Evaluator) -> list[Mismatch]:
    tables = tables_of(methodology, example)
    evaluation = evaluator(methodology, tables)
    found = _findings(evaluation)
    if any(name == "reason" for _, wanted in example.expect for name, _ in wanted):
        _add_reasons(found, methodology, tables, evaluation)
    mismatches = []
    for school, wanted in example.expect:
        known = found.get(school)
        if known is None:
            raise MethodologyError(
                methodology.file, example.line, gettext("школы «{school}» в примере нет.", school=school), perhaps(school, found)
            )  # fmt: skip
        for name, expected in wanted:
            if name not in known:
                raise MethodologyError(
                    methodology.file, example.line, gettext("ожидается «{name}», а такого нет.", name=name), perhaps(name, known)
                )  # fmt: skip
            if not _same(known[name], expected):
                mismatches.append(
                    Mismatch(example.name, school, name, shown(expected), shown(known[name]), example.line)
                )
    return mismatches


def _add_reasons(
    found: Mapping[str, Row], methodology: Methodology, tables: ExampleTables, evaluation: ReferenceEvaluation
) -> None:
    """The line of words for each school, in Russian: examples are written once, whoever checks them."""
    explainer = Explainer(methodology, tables.on)
    register = {str(row["school_id"]): {**row, "school_kind": row["kind"]} for row in tables.schools}

    def of(school: str, rows: list[Row]) -> list[Row]:
        return [row for row in rows if str(row["school_id"]) == school]

    with use_language("ru"):
        for result in evaluation.results:
            school = str(result["school_id"])
            figures = SchoolFigures.of_rows(
                of(school, evaluation.indicators), of(school, evaluation.rules), register.get(school)
            )
            text = explainer.verdict(result, of(school, evaluation.cells), figures)
            found[school].setdefault("reason", text.replace(NBSP, " "))


def _findings(evaluation: ReferenceEvaluation) -> Mapping[str, Row]:
    """School → result columns, rules and indicators by name."""
    found: dict[str, Row] = {str(row["school_id"]): dict(row) for row in evaluation.results}
    for row in evaluation.indicators:
        found[str(row["school_id"])][str(row["indicator"])] = row["value"]
    for row in evaluation.rules:
        found[str(row["school_id"])][str(row["rule"])] = row["verdict"]
    return found


def _same(found: object, expected: object) -> bool:
    if isinstance(expected, float) and isinstance(found, int | float) and not isinstance(found, bool):
        return abs(found - expected) <= _CLOSE * max(1.0, abs(expected))
    return shown(found) == shown(expected)


def shown(value: object) -> str:
    """A value as an example writes it."""
    if value is None or value == "missing":
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)
