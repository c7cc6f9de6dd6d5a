"""Random methodologies (as YAML, so that the loader is in the loop) and random data for them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from rostok.methodology.examples import ExampleTables
from rostok.methodology.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Logic,
    Membership,
    Name,
    Negative,
    Not,
    Number,
    Text,
    unparse,
)
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.tables import CATEGORIES, CONTEXT, FACTS, SCHOOLS
from tests.spec.engines import tables

CELL_NUMBERS = ["participants", "below", "marks_2", "marks_3", "absent", "raw_sum", "grade", "years_back"]
KINDS_OF_SCHOOL = ["СОШ", "ООШ", "НОШ", "лицей", None]
HEAD = {
    "id": "random", "version": "1", "title": "t", "source": {"document": "d", "confirmed": False}, "author": "a",
    "checked_by": "c", "valid_from": "2000-01-01", "review_on": "2030-01-01",
}  # fmt: skip


# --- expressions


def numbers(names: list[str], depth: int = 2) -> st.SearchStrategy[Expression]:
    leaves = st.sampled_from([0.0, 0.3, 0.5, 1.0, 2.0, 5.0]).map(Number)
    leaf = st.one_of(leaves, st.sampled_from(names).map(Name)) if names else leaves
    if depth == 0:
        return leaf
    inner = numbers(names, depth - 1)
    return st.one_of(
        leaf,
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(Negative, inner),
        st.builds(lambda f, a: Call(f, (a,)), st.sampled_from(["abs", "round_half_up"]), inner),
        st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(["min", "max", "coalesce"]), inner, inner),
        st.builds(lambda a, b, c: Call("if_else", (a, b, c)), truths(names, depth - 1), inner, inner),
    )


def truths(names: list[str], depth: int = 2) -> st.SearchStrategy[Expression]:
    inner = numbers(names, 0)
    simple = st.one_of(
        st.builds(Comparison, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner),
        st.just(Membership(Name("school_kind"), (Text("СОШ"), Text("лицей")))),
        st.builds(lambda a: Call("known", (a,)), inner),
    )
    if depth == 0:
        return simple
    deeper = truths(names, depth - 1)
    return st.one_of(
        simple,
        st.builds(Not, deeper),
        st.builds(lambda o, a, b: Logic(o, (a, b)), st.sampled_from(["and", "or"]), deeper, deeper),
    )


# --- methodologies


@st.composite
def methodologies(draw: st.DrawFn, *, with_parents: bool = True) -> str:
    """YAML text; without parents and shrinking no school depends on another one's results."""
    indicators: dict[str, Any] = {"share": {"value": "below / participants"}}
    cell, school = ["share", *CELL_NUMBERS], ["window_years"]

    def add(names: list[str], name: str, definition: dict[str, Any]) -> None:
        indicators[name] = {
            key: unparse(item) if isinstance(item, Expression) else item for key, item in definition.items()
        }
        names.append(name)

    add(cell, "c_formula", {"value": draw(numbers(cell))})
    if "c_formula" in draw(st.just(cell)) and not _mentions_cell(indicators["c_formula"]["value"], cell):
        cell.remove("c_formula")
        del indicators["c_formula"]
    add(cell, "c_before", {"previous": "share"})
    if with_parents:
        add(cell, "c_region", {"region": "share"})
        add(cell, "c_place", {"municipality": "share"})
        add(
            cell,
            "c_shrunken",
            {
                "shrink": draw(st.sampled_from(["share", "c_before"])),
                "variance": "share * (1 - share) / participants",
            },
        )
    for place in range(draw(st.integers(1, 3))):
        how = draw(st.sampled_from(["mean", "sum", "count", "min", "max"]))
        definition: dict[str, Any] = {how: draw(truths(cell, 1) if how == "count" else numbers(cell, 1))}
        definition["years"] = draw(st.sampled_from(["all", "all", "latest", "first", "change"]))
        if draw(st.booleans()):
            definition["where"] = draw(truths(cell, 1))
        if how == "mean" and draw(st.booleans()):
            definition["weight"] = Name("participants")
        add(school, f"s_aggregate_{place}", definition)
    aggregates = [name for name in school if name.startswith("s_aggregate")]
    if with_parents:
        add(
            school,
            "s_region",
            {draw(st.sampled_from(["region", "municipality"])): draw(st.sampled_from(aggregates))},
        )
        add(
            school,
            "s_shrunken",
            {"shrink": draw(st.sampled_from(aggregates)), "variance": f"1 + abs({aggregates[0]})"},
        )
    add(school, "s_context", {"context": "x", "year": draw(st.sampled_from(["latest", "previous"]))})
    add(school, "s_formula", {"value": draw(numbers(school))})
    add(school, "s_index", {"index": {aggregates[0]: 2, "s_context": 1}})
    add(school, "s_bands", draw(_bands(school[1:])))
    rules = draw(_rules(cell, school))
    return json.dumps(
        HEAD | {
            "parameters": {"least": {"value": draw(st.integers(0, 3)), "unit": "count", "source": "s", "confirmed": False}},
            "assessments": draw(_selectors()),
            "taught": {"НОШ": 4, "ООШ": 9},
            "window": {"latest": draw(st.integers(1, 3)), "of": draw(st.sampled_from(["calendar_years", "school_years"]))},
            "indicators": indicators,
            "rules": rules,
            "category": {"один": unparse(draw(truths(school, 1))) + " and counted", "два": "by_year", "otherwise": "три"},
            draw(st.sampled_from(["verdict", "low_results"])): draw(st.sampled_from(["counted", "by_year", "plain"])),
        },
        ensure_ascii=False,
    ).replace('"2000-01-01"', "2000-01-01").replace('"2030-01-01"', "2030-01-01")  # fmt: skip


def _mentions_cell(text: str, names: list[str]) -> bool:
    return any(name in text for name in names if name != "c_formula")


@st.composite
def _bands(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    scale: dict[str, Any] = {
        "bands": draw(st.sampled_from(names)),
        "side": draw(st.sampled_from(["(a,b]", "[a,b)"])),
    }
    if draw(st.booleans()):
        return scale | {"width": 0.5, "offset": -1, "by_kind": {"лицей": {"cuts": [0.0, 1.0]}}}
    return scale | {"cuts": [-1.0, 0.0, 0.3, 5.0], "first": 0}


@st.composite
def _rules(draw: st.DrawFn, cell: list[str], school: list[str]) -> dict[str, Any]:
    low: dict[str, Any] = {"when": "share >= 0.3 and " + unparse(draw(truths(cell, 0)))}
    if draw(st.booleans()):
        low["needs"] = "participants >= 5"
    counted: dict[str, Any] = {"at_least": "least", "of": "low"}
    if draw(st.booleans()):
        counted["where"] = unparse(draw(truths(cell, 1)))
    counted["count_by"] = "'" + draw(st.sampled_from(["assessment", "procedure", "cohort"])) + "'"
    plain: dict[str, Any] = {"when": unparse(draw(truths(school))) + " or window_years > 9"}
    if draw(st.booleans()):
        plain["needs"] = "known(s_context)"
    return {
        "low": low,
        "counted": counted,
        "in_year": {"at_least": 1, "of": "low", "each_year": True},
        "by_year": {"at_least": draw(st.integers(1, 2)), "of": "in_year", "needs": "window_years >= 2"},
        "plain": plain,
    }


def _selectors() -> st.SearchStrategy[list[dict[str, Any]]]:
    both = ["russian", "math"]
    return st.lists(
        st.sampled_from([
            {"kind": "vpr", "subjects": both, "grades": [5, 6]},
            {"kind": "oge", "subjects": both, "grades": [9], "waves": ["spring", "retakes"]},
            {"kind": "ege", "subjects": ["russian"], "grades": [11]},
            {"join": ["ege_base", "ege_profile"], "as": "ege", "subjects": ["math"], "grades": [11], "below": "marks_2 + under_minimum"},
        ]),
        min_size=1, max_size=4, unique_by=lambda item: json.dumps(item),
    )  # fmt: skip


# --- data

ASSESSMENTS = [
    *(Assessment(Kind.VPR, year, wave, subject, grade)
      for year in (2020, 2021, 2022) for wave in (Wave.SPRING, Wave.AUTUMN)
      for subject in (Subject.MATH, Subject.RUSSIAN) for grade in (5, 6)),
    *(Assessment(Kind.OGE, year, wave, Subject.MATH, 9) for year in (2021, 2022) for wave in (Wave.SPRING, Wave.RETAKES)),
    *(Assessment(kind, 2022, Wave.SPRING, Subject.MATH, 11) for kind in (Kind.EGE_BASE, Kind.EGE_PROFILE)),
    Assessment(Kind.EGE, 2022, Wave.SPRING, Subject.RUSSIAN, 11),
]  # fmt: skip


@st.composite
def _fact(draw: st.DrawFn, school: str, assessment: Assessment) -> dict[str, Any]:
    n = draw(st.sampled_from([0, 3, 5, 10, 20, 40]))
    count = st.one_of(st.none(), st.integers(0, n))
    return {
        **dict.fromkeys(FACTS.names), "school_id": school, "kind": str(assessment.kind), "subject": str(assessment.subject),
        "grade": assessment.grade, "pupil_grade": assessment.pupil_grade, "year": assessment.year,
        "wave": str(assessment.wave), "school_year": str(assessment.school_year), "cohort": assessment.cohort,
        "participants": n, "absent": draw(count), "under_minimum": draw(st.one_of(st.integers(0, n), count)),
        "marks_2": draw(count), "marks_3": draw(count), "raw_sum": draw(count), "raw_maximum": 20,
    }  # fmt: skip


@st.composite
def data(draw: st.DrawFn) -> ExampleTables:
    """Up to five schools, some only in the register, lists or context; few assessments, often in common."""
    schools = ["А", "Б", "10", "9", "b"][: draw(st.integers(1, 5))]
    held = draw(st.lists(st.sampled_from(ASSESSMENTS), min_size=1, max_size=6, unique=True))
    facts = [
        draw(_fact(school, assessment))
        for school in schools
        for assessment in held
        if draw(st.integers(0, 3)) > 0
    ]
    register = [
        {**dict.fromkeys(SCHOOLS.names), "school_id": school, "kind": draw(st.sampled_from(KINDS_OF_SCHOOL)),
         "municipality_id": draw(st.sampled_from(["м1", "м2", None]))}
        for school in [*schools, "только в реестре"] if draw(st.integers(0, 3)) > 0
    ]  # fmt: skip
    context = [
        {**dict.fromkeys(CONTEXT.names), "school_id": school, "year": year, "indicator": "x",
         "value": draw(st.sampled_from([None, 0.0, 1.5, 4.0]))}
        for school in schools for year in (2020, 2021) if draw(st.booleans())
    ]  # fmt: skip
    categories = [
        {**dict.fromkeys(CATEGORIES.names), "school_id": school, "year": draw(st.sampled_from([2020, 2021])),
         "category": draw(st.sampled_from(["один", "два", "четыре"]))}
        for school in schools if draw(st.booleans())
    ]  # fmt: skip
    return tables(facts, register, context, categories)
