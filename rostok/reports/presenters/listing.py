"""The section of schools: groups by municipality, filters, and what a very large page leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from rostok.reports.model import MethodologyText, Report, SchoolLine, Verdict
from rostok.reports.presenters import analysis, gaps, words
from rostok.reports.presenters.order import in_order
from rostok.reports.presenters.schools import SchoolView, school_view
from rostok.statistics.firmness import Firmness
from rostok.wording import gettext, integer, ngettext

# A page with a card per school stays under 20 MB and opens on a phone up to about this many; above it the
# page lists schools in one line each and leaves their papers to the workbook and the CSV files.
MAX_CARDS = 2_000
MAX_LINES = 20_000
FEW_SCHOOLS = 40  # a coordinator's own schools: municipalities stand open

# What stands first among words of one kind: due, category, cannot tell, not in the list.
_RANK = {"yes": 0, "plain": 1, "unknown": 2, "no": 3}


@dataclass(frozen=True, slots=True)
class Group:
    """Schools of one municipality and how many of each verdict, in words."""

    name: str
    anchor: str
    count: str
    tally: str
    schools: tuple[SchoolView, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class SchoolsView:
    """The section of schools. ``cards`` is False when one line per school is all the page can carry."""

    groups: tuple[Group, ...]
    cards: bool
    shown: int
    total: int
    left_out: str
    kinds: tuple[Choice, ...]
    verdicts: tuple[Choice, ...]
    firmness: tuple[Choice, ...]


def tally(schools: list[SchoolLine], methodology: MethodologyText) -> str:
    """«положена поддержка: 4 · сказать нельзя: 1 · не в списке: 7», in the order of first words."""
    counts: dict[tuple[int, str], int] = {}
    for school in schools:
        key = (_RANK[words.verdict_code(school)], words.verdict_chip(school, methodology))
        counts[key] = counts.get(key, 0) + 1
    return " · ".join(f"{chip}: {integer(count)}" for (_, chip), count in sorted(counts.items()))


def _view(line: SchoolLine, report: Report, whole: bool, beside: tuple[str, ...]) -> SchoolView:
    view = school_view(line, report.methodology, whole=whole)
    found = report.gaps.schools.get(line.school_id, ()) if report.gaps and whole else ()
    return replace(view, gaps=gaps.school_sentences(found), beside=beside) if found or beside else view


def _groups(chosen: list[SchoolLine], report: Report, cards: bool) -> tuple[Group, ...]:
    groups = []
    few = len(chosen) <= FEW_SCHOOLS
    beside = analysis.cards(report) if cards else {}
    by_place = groupby(chosen, key=lambda school: (school.municipality_id, school.municipality))
    for number, ((place_id, place), members) in enumerate(by_place, start=1):
        lines = list(members)
        groups.append(
            Group(
                place or place_id or gettext("Муниципалитет не указан"),
                f"m{number}",
                ngettext("{n} школа", "{n} школ", len(lines)),
                tally(lines, report.methodology),
                tuple(_view(line, report, cards, beside.get(line.school_id, ())) for line in lines),
                few,
            )
        )
    return tuple(groups)


def _chosen(report: Report, cards: bool) -> list[SchoolLine]:
    """Schools the page names: all, or in a very large run those that wait for an answer."""
    ordered = in_order(report.schools)
    if cards or len(ordered) <= MAX_LINES:
        return ordered
    waiting = [school for school in ordered if school.verdict in (Verdict.TRUE, Verdict.UNKNOWN)]
    return (waiting if report.has_verdict else ordered)[:MAX_LINES]


def _left_out(report: Report, cards: bool, shown: int) -> str:
    if cards:
        return ""
    said = gettext(
        "Школ больше {limit}, поэтому страница даёт по строке на школу. Работы каждой школы, причины и границы — "
        "в report.xlsx (листы «Школы» и «Основания») и в reasons.csv.",
        limit=integer(MAX_CARDS),
    )
    if shown == len(report.schools):
        return said
    counts = {"shown": integer(shown), "total": integer(len(report.schools))}
    if words.speaks_of_support(report.methodology):
        rest = gettext(
            "Здесь названы {shown} из {total} школ: прежде всего те, кому положена поддержка или о ком сказать нельзя. "
            "Все школы — в results.csv.",
            **counts,
        )
    else:
        rest = gettext("Здесь названы {shown} из {total} школ. Все школы — в results.csv.", **counts)
    return f"{said} {rest}"


def _choices(pairs: set[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in sorted(pairs, key=lambda pair: pair[1]))


def present(report: Report) -> SchoolsView:
    """The section of schools, in the order of municipality and name."""
    cards = len(report.schools) <= MAX_CARDS
    chosen = _chosen(report, cards)
    verdicts: dict[str, int] = {}
    for school in chosen:
        chip = words.verdict_chip(school, report.methodology)
        verdicts.setdefault(chip, _RANK[words.verdict_code(school)])
    met = {school.firmness for school in chosen}
    return SchoolsView(
        groups=_groups(chosen, report, cards),
        cards=cards,
        shown=len(chosen),
        total=len(report.schools),
        left_out=_left_out(report, cards, len(chosen)),
        kinds=_choices({(school.kind, school.kind) for school in chosen if school.kind}),
        verdicts=tuple(
            Choice(chip, chip) for chip, _ in sorted(verdicts.items(), key=lambda pair: pair[::-1])
        ),
        firmness=tuple(Choice(str(one), words.firmness_word(one)) for one in Firmness if one in met),
    )
