"""The sheets on whether results can be relied on: the lines of the page, and every marker by school and paper."""

from __future__ import annotations

from collections.abc import Iterator

from rostok.disclosure import is_share_shown
from rostok.reports.item_model import MarkedPaper, Objectivity, TreatedLists
from rostok.reports.presenters import objectivity
from rostok.reports.sheets import Column, Sheet, Value
from rostok.schema.markers import MARKERS
from rostok.wording import gettext

Row = tuple[Value, ...]


def objectivity_sheets(found: Objectivity) -> Iterator[Sheet]:
    """The list and the markers always, the others where they have a line."""
    yield _listed_sheet(found)
    yield _markers_sheet(found)
    if found.by_paper:
        yield _marked_sheet(found)
    if found.indexes:
        yield _index_sheet(found)
    if found.effects:
        yield _effects_sheet(found)
    if found.lists:
        yield _lists_sheet(found.lists)


def _listed_sheet(found: Objectivity) -> Sheet:
    """Schools whose results call for a second look, and its outcomes where they differ."""
    columns = (
        Column(gettext("Код школы"), 12), Column(gettext("Школа"), 42), Column(gettext("Муниципалитет"), 30),
        Column(gettext("Стоит посмотреть ещё раз"), 14), Column(gettext("Что увидено"), 50, "long"),
        Column(gettext("Где заметнее всего"), 60, "long"), Column(gettext("Проверок"), 10, "number"),
        Column(gettext("Вероятность при честной проверке"), 14, "chance"),
        Column(gettext("С поправкой на число школ"), 14, "chance"),
        *(Column(head, 22) for head in objectivity.treatments()),
    )  # fmt: skip
    return Sheet(gettext("Доверие"), columns, _listed_rows(found))


def _listed_rows(found: Objectivity) -> Iterator[Row]:
    listed = {one.school_id: one for one in found.listed}
    differing = {one.school_id: one for one in found.lists.differing} if found.lists else {}
    for school in sorted({*listed, *differing}, key=lambda key: objectivity.school_order(found, key)):
        name, place = objectivity.school_name(found, school)
        one, treated = listed.get(school), differing.get(school)
        yield (
            school, name, place, gettext("да") if one else gettext("нет"),
            objectivity.seen_text(one) if one else None,
            "; ".join(objectivity.paper_text(paper) for paper in one.papers) if one else None, one.tests if one else None,
            one.p_value if one else None, one.q_value if one else None, treated.with_all if treated else None,
            treated.set_aside if treated else None, treated.widened if treated else None,
        )  # fmt: skip


def _markers_sheet(found: Objectivity) -> Sheet:
    columns = (
        Column(gettext("Признак"), 40, "long"), Column(gettext("На чём основан"), 30), Column(gettext("Школ"), 9, "number"),
        Column(gettext("Что увидено"), 60, "long"), Column(gettext("Чем ещё это бывает"), 60, "long"),
        Column(gettext("Что посмотреть"), 60, "long"),
    )  # fmt: skip
    views = [(count, objectivity.marker_view(code, count)) for code, count in found.markers]
    rows = [(v.title, v.basis, count, v.seen, v.otherwise, v.look) for count, v in views]
    return Sheet(gettext("Признаки"), columns, rows, (objectivity.markers_note(),))


def _marked_sheet(found: Objectivity) -> Sheet:
    """A line for every marker met in a school."""
    columns = (
        Column(gettext("Код школы"), 12), Column(gettext("Школа"), 42), Column(gettext("Муниципалитет"), 30),
        Column(gettext("Признак"), 40), Column(gettext("На чём основан"), 30), Column(gettext("Работа"), 40),
        Column(gettext("Участников"), 11, "number"), Column(gettext("Значение"), 12, "figure"),
        Column(gettext("Сравнивается с"), 12, "figure"),
        Column(gettext("Вероятность при честной проверке"), 14, "chance"),
        Column(gettext("Что это за числа"), 60, "long"),
    )  # fmt: skip
    return Sheet(gettext("Признаки школ"), columns, _marked_rows(found), (objectivity.marked_note(),))


def _marked_rows(found: Objectivity) -> Iterator[Row]:
    """Schools by place and name; figures of fewer than ten pupils are left empty."""
    order = {code: at for at, code in enumerate(MARKERS)}

    def key(one: MarkedPaper) -> tuple[object, ...]:
        paper = one.assessment.key if one.assessment else ""
        return *objectivity.school_order(found, one.school_id), one.school_id, order[one.marker], paper

    for one in sorted(found.by_paper, key=key):
        marker = MARKERS[one.marker]
        basis = objectivity.basis_word(marker)
        paper = one.assessment.label if one.assessment else gettext("все работы")
        figures = (one.value, one.limit, one.p_value) if is_share_shown(one.participants) else (None,) * 3
        meaning = "; ".join(filter(None, (marker.value, marker.limit)))
        name, place = objectivity.school_name(found, one.school_id)
        yield one.school_id, name, place, marker.title, basis, paper, one.participants, *figures, meaning


def _index_sheet(found: Objectivity) -> Sheet:
    columns = (
        Column(gettext("Регион"), 20), Column(gettext("Год"), 8), Column(gettext("Писали работы перечня"), 14, "number"),
        Column(gettext("С официальным признаком"), 16, "number"), Column(gettext("Индекс"), 10, "figure"),
    )  # fmt: skip
    rows = [
        (objectivity.region_word(line.region), str(line.year), line.asked, line.marked, line.index)
        for line in found.indexes
    ]
    return Sheet(gettext("Официальный индекс"), columns, rows, (objectivity.indexes_lead(found),))


def _effects_sheet(found: Objectivity) -> Sheet:
    columns = (
        Column(gettext("Школы"), 44), Column(gettext("Всего"), 9, "number"),
        Column(gettext("Писали работы перечня"), 14, "number"),
        Column(gettext("С официальным признаком"), 16, "number"), Column(gettext("Проверки возможны"), 12, "number"),
        Column(gettext("В списке"), 10, "number"),
    )  # fmt: skip
    rows = [
        (objectivity.group_word(line.group), line.schools, line.asked, line.marked, line.tested, line.flagged)
        for line in found.effects
    ]
    return Sheet(objectivity.effects_title(), columns, rows)


def _lists_sheet(lists: TreatedLists) -> Sheet:
    """How many schools have each outcome; who differs stands on the sheet of the list."""
    heads = objectivity.treatments()
    columns = (Column(gettext("Вывод"), 30), *(Column(head, 18, "number") for head in heads))
    return Sheet(gettext("Списки школ"), columns, lists.counts, (objectivity.lists_lead(lists),))
