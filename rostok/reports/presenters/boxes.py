"""Schools under the heads of their municipalities; groups of schools as boxes, with their table and how to read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from rostok.reports.effect_charts import BoxRow, EffectRow, box_plot
from rostok.reports.presenters.order import natural_key
from rostok.reports.presenters.region import Figure, TableView
from rostok.reports.presenters.sections import Names, drawn, place_of, signed
from rostok.wording import gettext, ngettext

MOST_ROWS = 120  # schools in one caterpillar; of more, municipalities are shown
LEAST_BOX = 5  # schools of a municipality in a box


def under_places(rows: Sequence[EffectRow], schools: Sequence[str], names: Names) -> list[EffectRow | str]:
    """``rows`` of ``schools`` in their order, each municipality's under its name."""
    found: list[EffectRow | str] = []
    before: str | None = None
    for row, school in zip(rows, schools, strict=True):
        place = place_of(names, school)
        if place != before:
            found.append(place or gettext("Муниципалитет не указан"))
        before = place
        found.append(row)
    return found


def municipalities(
    values: Mapping[str, float], anchor: str, title: str, reading: str, names: Names
) -> tuple[Figure, ...]:
    """``values`` of schools as boxes of their municipalities, where they are too many for a row each."""
    by_place: dict[str, list[float]] = defaultdict(list)
    for school, value in values.items():
        by_place[place_of(names, school) or gettext("Муниципалитет не указан")].append(value)
    rows = [
        box_row(place, by_place[place])
        for place in sorted(by_place, key=natural_key)
        if len(by_place[place]) >= LEAST_BOX
    ]
    said = gettext(
        "Школ много, поэтому здесь муниципалитеты, в которых их не меньше пяти; каждая школа — в своей карточке и в книге."
    )
    whole = f"{said} {reading} {box_reading()}"
    return drawn(anchor, title, whole, lambda width: box_plot(rows, title, width), box_table(title, rows))


def box_reading() -> str:
    return gettext(
        "Ящик — средняя половина школ, черта в нём — медиана, тонкая линия — девять школ из десяти. "
        "Группы перекрываются: по группе нельзя судить о школе."
    )


def box_row(label: str, values: Sequence[float]) -> BoxRow:
    low, quarter, median, three, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95]).tolist()
    return BoxRow(label, low, quarter, median, three, high, ngettext("{n} школа", "{n} школ", len(values)))


def box_table(title: str, rows: Sequence[BoxRow]) -> TableView:
    heads = (
        gettext("Школы"),
        gettext("Всего"),
        gettext("Девять из десяти"),
        gettext("Средняя половина"),
        gettext("Медиана"),
    )
    return TableView(
        title, heads,
        tuple((row.label, row.text, _span(row.low, row.high), _span(row.quarter, row.three_quarters), signed(row.median))
              for row in rows),
    )  # fmt: skip


def _span(low: float, high: float) -> str:
    return gettext("от {low} до {high}", low=signed(low), high=signed(high))
