"""Tables of schools: register, questionnaires of context, plain table of context, lists, counts."""

from __future__ import annotations

import numpy as np

from rostok.schema.assessments import Assessment
from rostok.synth import context
from rostok.synth.layouts_gia import gia_codes
from rostok.synth.layouts_vpr import title
from rostok.synth.region import Region
from rostok.synth.schools import LOW, RESILIENT
from rostok.synth.workbooks import Cell

REGISTER_PATH = "Реестр школ.csv"
CONTEXT_PATH = "Социальный контекст школ.csv"
CATEGORIES_PATH = "Перечень школ.csv"

_CATEGORY_NAMES = {LOW: "ШНОР", RESILIENT: "резильентная"}


def register(region: Region) -> list[list[Cell]]:
    """login, name, kind, municipality_code, municipality, territory, gia_code."""
    schools, places = region.population.schools, region.municipalities
    rows: list[list[Cell]] = [
        ["login", "name", "kind", "municipality_code", "municipality", "territory", "gia_code"]
    ]
    for number, (key, code) in enumerate(zip(schools.keys, gia_codes(region), strict=True)):
        place = int(schools.municipality[number])
        territory = "urban" if schools.urban[number] else "rural"
        rows.append([f"sch{key}", schools.names[number], schools.kinds[number], places.codes[place],
                     places.names[place], territory, code])  # fmt: skip
    return rows


def context_table(region: Region) -> list[list[Cell]]:
    """Login, year and one column per indicator; decimals with a comma, as spreadsheets save them in Russia."""
    rows: list[list[Cell]] = [["login", "year", *context.INDICATORS]]
    for year in region.years:
        by_name = context.values(region.population, year)
        for number, key in enumerate(region.population.schools.keys):
            values = [by_name[name][number] for name in context.INDICATORS]
            rows.append([f"edu{key}", year, *(f"{value:g}".replace(".", ",") for value in values)])
    return rows


def categories(region: Region) -> list[list[Cell]]:
    """A list by order as a ministry would write it: it knows most of the planted truths, not all."""
    schools = region.population.schools
    known = region.population.rng("categories").random(len(schools)) < 0.8
    rows: list[list[Cell]] = [["Логин", "Год", "Категория", "Основание"]]
    for number, label in enumerate(schools.planted):
        if label in _CATEGORY_NAMES and known[number]:
            order = f"Вымышленный приказ № {number + 1}"
            rows.append([f"edu{schools.keys[number]}", region.years[-1], _CATEGORY_NAMES[label], order])
    return rows


def counts_path(assessment: Assessment) -> str:
    return f"{assessment.year}/ГИА/Итоги {assessment.kind.label} {assessment.year} {title(assessment.subject)}.csv"


def counts(region: Region, assessment: Assessment) -> list[list[Cell]]:
    """School × exam × counts: participants, absent, under the minimum and, where there are marks, by mark."""
    scripts = region.scripts(assessment)
    schools = region.population.schools
    sat, number = ~scripts.absent, len(schools)
    wrote = np.bincount(scripts.school[sat], minlength=number)
    absent = np.bincount(scripts.school[~sat], minlength=number)
    below = np.bincount(scripts.school[sat & scripts.under_minimum], minlength=number)
    marks = [
        np.bincount(scripts.school[sat & (scripts.mark == mark)], minlength=number) for mark in (2, 3, 4, 5)
    ]
    has_marks = scripts.blueprint.bounds is not None
    header: list[Cell] = [
        "Логин",
        "Вид",
        "Предмет",
        "Класс",
        "Год",
        "Участников",
        "Отсутствовали",
        "Ниже минимума",
    ]
    header += ["«2»", "«3»", "«4»", "«5»"] if has_marks else []
    rows: list[list[Cell]] = [header]
    for school in np.flatnonzero(wrote + absent).tolist():
        row: list[Cell] = [f"edu{schools.keys[school]}", assessment.kind.label, title(assessment.subject),
                           assessment.grade, assessment.year, int(wrote[school]), int(absent[school]),
                           int(below[school])]  # fmt: skip
        rows.append([*row, *(int(column[school]) for column in marks if has_marks)])
    return rows
