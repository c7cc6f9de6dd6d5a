"""The section on groups of schools found in their results, or that there are none; worded."""

from __future__ import annotations

from collections.abc import Iterator

from rostok.reports.analysis_model import Clusters
from rostok.reports.presenters.region import TableView
from rostok.reports.presenters.sections import Block, Names, SectionView
from rostok.statistics.composites import STABLE
from rostok.wording import decimal, gettext, integer, percent


def present(found: Clusters, names: Names) -> SectionView:
    title = gettext("Группы школ по результатам")
    blocks: tuple[Block, ...] = ()
    if len(found.groups) > 1:
        heads = (gettext("Группа"), gettext("Школ"), gettext("Чем отличается"), gettext("Находится снова"))
        rows = tuple(
            (integer(one.number), integer(len(one.members)), one.description, percent(one.found_again, 0))
            for one in found.groups
        )
        blocks = (
            Block(
                "clusters-groups",
                "",
                (),
                ((TableView(gettext("Найденные группы"), heads, rows), "text stacked"),),
            ),
        )
    return SectionView("clusters", gettext("Группы"), title, tuple(_lead(found)), blocks)


def _lead(found: Clusters) -> Iterator[str]:
    yield gettext(
        "Делятся ли школы по результатам нескольких работ на группы, или различаются постепенно? Число групп выбрано по данным, границ "
        "никто не задавал. Номер группы — не место: первая та, в которой больше школ."
    )
    if len(found.groups) < 2:
        yield gettext(
            "Групп не видно: школы различаются постепенно, и делить их на части эти данные не дают повода."
        )
        return
    if found.stability is not None:
        yield gettext(
            "Если взять другие школы того же региона, деление повторяется с согласием {stability} (единица — то же самое деление).",
            stability=decimal(found.stability, 2),
        )
        if found.stability < STABLE:
            yield gettext(
                "Это мало: границы между группами держатся на случае, и по группе нельзя решать, кому помогать."
            )
    yield gettext("Группа каждой школы и вероятность — в книге, на листе «Группы».")
