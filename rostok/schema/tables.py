"""The declared tables: names, types, units, what a missing value means. One place for all packages.

Type names are those of Arrow (``string``, ``int8`` …); ``schema.arrow`` turns them into schemas.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    meaning: str
    unit: str = ""
    missing: str = "never"  # what an empty value says; "never" = a value is required


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")


ITEM_PREFIX = (
    "item_"  # item columns: item_01, item_02 … int8, null = missing, −1 not attempted, −2 not taught
)


def item_column(position: int) -> str:
    return f"{ITEM_PREFIX}{position:02d}"


SCRIPTS = Table(
    "scripts",
    "One pupil's paper in one assessment; one Parquet file per assessment, whose identity stands in its path.",
    (
        Column("school_id", "string", "key of the school"),
        Column("municipality_id", "string", "municipality as the file has it", missing="the file does not say"),
        Column("class_name", "string", "class letter or name", missing="the file does not say"),
        Column("pupil_code", "string", "code of the pupil within the school", missing="the file does not say"),
        Column("sex", "string", "m or f", missing="not given or not readable"),
        Column("variant", "string", "variant of the paper", missing="not given"),
        Column("absent", "bool", "did not sit the paper: not a participant", missing="the source cannot say who was absent"),
        Column("participant", "bool", "not absent, and a recorded total or at least one item"),
        Column("journal_mark", "int8", "mark for the previous term", "mark", "not given"),
        Column("raw_score", "int16", "recorded total, else the sum of items", "points", "not a participant"),
        Column("test_score", "int16", "score on the hundred-point scale of ЕГЭ", "points", "no such scale"),
        Column("mark", "int8", "mark by the scale of the year", "mark", "no scale, or not a participant"),
        Column("under_minimum", "bool", "under the minimum: mark 2, or test score under the threshold",
               missing="no scale, or not a participant"),
    ),
)  # fmt: skip

SCHOOLS = Table(
    "schools",
    "Register of schools as of a date.",
    (
        Column("school_id", "string", "key of the school"),
        Column("name", "string", "name as the register writes it", missing="not given"),
        Column("kind", "string", "НОШ, ООШ, СОШ, гимназия, лицей, …", missing="not given"),
        Column("municipality_id", "string", "key of the municipality", missing="not given"),
        Column("municipality", "string", "name of the municipality", missing="not given"),
        Column("territory", "string", "urban or rural", missing="not given"),
    ),
)

CONTEXT = Table(
    "context",
    "School × year × indicator: social context, ready indices, any table of that form.",
    (
        Column("school_id", "string", "key of the school"),
        Column("year", "int16", "calendar year the value describes"),
        Column("indicator", "string", "code of the indicator"),
        Column("value", "double", "value", "as the indicator says", "asked, not answered"),
        Column("unit", "string", "share, count, points, yes_no, level", missing="not given"),
    ),
)

CATEGORIES = Table(
    "categories",
    "Categories assigned by an order or list, kept apart from computed ones.",
    (
        Column("school_id", "string", "key of the school"),
        Column("year", "int16", "calendar year of the list"),
        Column("category", "string", "category as the list writes it"),
        Column("source", "string", "order or document", missing="not given"),
    ),
)

COUNTS = Table(
    "counts",
    "School × exam × counts, where only counts are known.",
    (
        Column("school_id", "string", "key of the school"),
        Column("assessment", "string", "key of the assessment"),
        Column("participants", "int32", "wrote the paper", "pupils"),
        Column("absent", "int32", "did not sit the paper", "pupils", "not given"),
        Column("under_minimum", "int32", "under the minimum", "pupils", "not given"),
        Column("marks_2", "int32", "mark 2", "pupils", "not given"),
        Column("marks_3", "int32", "mark 3", "pupils", "not given"),
        Column("marks_4", "int32", "mark 4", "pupils", "not given"),
        Column("marks_5", "int32", "mark 5", "pupils", "not given"),
    ),
)

ALIASES = Table(
    "aliases",
    "Other codes of a school: protocols of ГИА use codes of the region, not logins of ФИС ОКО.",
    (
        Column("school_id", "string", "key of the school"),
        Column("alias", "string", "code as protocols write it"),
        Column("kind", "string", "oge, ege, or gia for both"),
    ),
)

FACTS = Table(
    "facts",
    "The reduction: school × assessment sufficient statistics; everything else is computed from these.",
    (
        Column("school_id", "string", "key of the school"),
        Column("kind", "string", "kind of assessment"),
        Column("subject", "string", "subject"),
        Column("grade", "int16", "grade of the programme"),
        Column("pupil_grade", "int16", "grade the pupils were in"),
        Column("year", "int16", "calendar year"),
        Column("wave", "string", "spring, autumn, retakes"),
        Column("school_year", "string", "2020/21"),
        Column("cohort", "string", "school year and grade of the pupils"),
        Column("participants", "int32", "wrote the paper", "pupils"),
        Column("absent", "int32", "did not sit the paper", "pupils", "the source does not say"),
        Column("under_minimum", "int32", "under the minimum", "pupils", "no scale"),
        Column("marks_2", "int32", "mark 2", "pupils", "no marks on this scale"),
        Column("marks_3", "int32", "mark 3", "pupils", "no marks on this scale"),
        Column("marks_4", "int32", "mark 4", "pupils", "no marks on this scale"),
        Column("marks_5", "int32", "mark 5", "pupils", "no marks on this scale"),
        Column("raw_sum", "int64", "sum of raw scores", "points", "no scores"),
        Column("raw_maximum", "int16", "maximum of the paper", "points", "not known"),
        Column("class_concentration", "double",
               "Σ (class size ÷ participants)²: 1 = one class", "share", "classes not known"),
    ),
)  # fmt: skip

CLASS_FACTS = Table(
    "class_facts",
    "School × assessment × class: participants and under the minimum, for the dependence within classes.",
    (
        Column("school_id", "string", "key of the school"),
        Column("assessment", "string", "key of the assessment"),
        Column("class_name", "string", "class", missing="not known"),
        Column("participants", "int32", "wrote the paper", "pupils"),
        Column("under_minimum", "int32", "under the minimum", "pupils", "no scale"),
    ),
)
