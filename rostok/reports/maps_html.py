"""``maps.html``: the heat maps of ``rostok gaps`` as self-contained pages to print, each picture with its table.

Percents of fewer than ten answers are dashes here too: a printed page travels further than a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from rostok.disclosure import is_share_shown
from rostok.reports.charts import WIDE
from rostok.reports.html import asset, environment, policy, with_words
from rostok.reports.item_charts import MapCell, MapColumn, MapRow, gap_map
from rostok.reports.presenters.gaps import skill_number
from rostok.reports.presenters.item_figures import percent_text, status_word
from rostok.reports.presenters.order import natural_key
from rostok.reports.presenters.region import TableView
from rostok.schema.verdicts import Status
from rostok.wording import DASH, N_, current_language, gettext, integer, ngettext

ROWS = 36  # of one picture: as many as a printed page holds


@dataclass(frozen=True, slots=True)
class Instead:
    """Units too many for a page: how many, their ``cells``, the ``most`` there may be, the level shown instead."""

    units: int
    cells: int
    most: int
    level: str


@dataclass(frozen=True, slots=True)
class SkillHead:
    """A skill in words. ``one_item``: its verdict rests on one; ``says_little``: of a pupil, apart from the total."""

    text: str
    one_item: bool = False
    says_little: bool = False


@dataclass(frozen=True, slots=True)
class PaperMaps:
    """One paper: items and skills by units. ``whole``: all schools together, the first row of every picture.

    The cells of a row are items, then skills. ``instead``: set where ``units`` are
    larger ones than were asked for.
    """

    title: str
    items: tuple[str, ...]
    skills: tuple[SkillHead, ...]
    whole: tuple[MapCell, ...]
    units: tuple[tuple[str, tuple[MapCell, ...]], ...]
    instead: Instead | None = None


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of one paper as the contents name it: its path, title and how many units it shows."""

    path: str
    title: str
    units: int
    instead: Instead | None = None


@dataclass(frozen=True, slots=True)
class MapsPage:
    """``for_school_only``: maps of classes. ``links``: pages of single papers; ``contents``: the page that names them."""

    papers: tuple[PaperMaps, ...]
    for_school_only: bool
    code_version: str
    links: tuple[PageLink, ...] = ()
    contents: str = ""


@dataclass(frozen=True, slots=True)
class _Picture:
    title: str
    parts: tuple[Markup, ...]
    table: TableView
    legend: tuple[str, ...] = ()


def render(page: MapsPage) -> str:
    """The whole page as text; it has no script."""
    title = gettext("Карты затруднений")
    head = gettext("{title} — только для школы", title=title) if page.for_school_only else title
    style = with_words(asset("report.css"), head=head, date="")
    papers = [
        (f"paper{at}", paper.title, _instead(paper.instead), list(_pictures(paper)))
        for at, paper in enumerate(page.papers, 1)
    ]
    links = [(link.path, link.title, _shown_units(link), _instead(link.instead)) for link in page.links]
    return environment().get_template("maps.html.j2").render(
        language=current_language(), policy=Markup(policy(style)), style=Markup(style), page=page, title=head,
        papers=papers, links=links,
    )  # fmt: skip


def write(page: MapsPage, path: Path) -> None:
    """Write the page to ``path`` in UTF-8; raises OSError as the file system does."""
    path.write_text(render(page), encoding="utf-8", newline="\n")


_LEVELS = {
    "school": N_("школы"),
    "municipality": N_("муниципалитеты"),
    "region": N_("регионы"),
}


def _instead(one: Instead | None) -> str:
    """What is not on the page, why, and how to get it; empty where all is there."""
    if one is None:
        return ""
    return gettext(
        "На страницу помещается до {most} клеток, а в этой карте {cells} (строк: {units}), поэтому показаны {level}. "
        "Чтобы получить карты мельче, дайте файлы одного муниципалитета или одной школы; числа всех — в gaps.csv и skills.csv.",
        most=integer(one.most), cells=integer(one.cells), units=integer(one.units), level=gettext(_LEVELS[one.level]),
    )  # fmt: skip


def _shown_units(link: PageLink) -> str:
    return ngettext("{count} строка", "{count} строк", link.units, count=integer(link.units))


def _pictures(paper: PaperMaps) -> Iterator[_Picture]:
    count = len(paper.items)
    rows = [MapRow(gettext("Все школы"), _shown(paper.whole), of_region=True)]
    rows += [
        MapRow(name, _shown(cells))
        for name, cells in sorted(paper.units, key=lambda one: natural_key(one[0]))
    ]
    yield _picture(gettext("Задания"), paper.items, _columns(rows, slice(0, count)))
    if paper.skills:
        short = [skill_number(at) for at in range(len(paper.skills))]
        yield _picture(
            gettext("Умения"), short, _columns(rows, slice(count, None)), _legend(short, paper.skills)
        )


def _legend(short: Sequence[str], skills: Sequence[SkillHead]) -> tuple[str, ...]:
    """What the heads stand for, and which of the skills say little of one pupil."""
    lines = [f"{number}. {_skill_words(one)}" for number, one in zip(short, skills, strict=True)]
    little = ", ".join(number for number, one in zip(short, skills, strict=True) if one.says_little)
    if little:
        lines.append(
            gettext(
                "{skills}: отдельно от всей работы умение почти ничего не говорит об ученике. Вывод здесь — о классе, "
                "школе, муниципалитете целиком.",
                skills=little,
            )
        )
    return tuple(lines)


def _skill_words(one: SkillHead) -> str:
    return gettext("{skill} (вывод по одному заданию)", skill=one.text) if one.one_item else one.text


def _shown(cells: Sequence[MapCell]) -> tuple[MapCell, ...]:
    return tuple(one if is_share_shown(one.participants or 0) else MapCell(None) for one in cells)


def _columns(rows: Sequence[MapRow], part: slice) -> list[MapRow]:
    return [MapRow(row.label, row.cells[part], row.of_region) for row in rows]


def _picture(
    title: str, heads: Sequence[str], rows: Sequence[MapRow], legend: tuple[str, ...] = ()
) -> _Picture:
    columns = [MapColumn(head) for head in heads]
    parts = tuple(
        Markup(gap_map(columns, (rows[0], *rows[start : start + ROWS]), title, WIDE))
        for start in range(1, len(rows), ROWS)
    )
    lines = tuple((row.label, *map(_said, row.cells)) for row in rows)
    return _Picture(title, parts, TableView(title, (gettext("Где"), *heads), lines), legend)


def _said(cell: MapCell) -> str:
    if cell.percent is None:
        return DASH
    word = status_word(cell.status) if cell.status in (Status.BELOW, Status.ABOVE) else ""
    return percent_text(cell.percent) + (f", {word}" if word else "")
