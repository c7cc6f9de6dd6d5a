"""Groups of schools as boxes, with their table and how to read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rostok.reports.effect_charts import BoxRow
from rostok.reports.presenters.region import TableView
from rostok.reports.presenters.sections import signed
from rostok.wording import gettext, ngettext


def box_reading() -> str:
    return gettext(
        "Ящик — средняя половина школ, черта в нём — медиана, тонкая линия — девять школ из десяти. Ноль — ожидаемый результат. "
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
