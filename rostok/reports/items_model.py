"""What the page of ``rostok items`` says of items: plain data, nothing worded. Percents are 0–100."""

from __future__ import annotations

from dataclasses import dataclass

from rostok.reports.item_charts import MapRow
from rostok.reports.wright_map import AbilityBin, WrightItem
from rostok.schema.problems import Problem


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """An item; None where a figure cannot be told. ``by_level``: percent correct of pupils by level, lowest first.

    ``rest``: correlation with the other items; ``without``: alpha of the test without it.
    """

    label: str
    answered: int
    maximum: int | None
    percent: float | None
    rest: float | None
    without: float | None
    difficulty: float | None  # logits; of an item of several scores the mean of its thresholds
    infit: float | None
    by_level: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """An item that is easier or harder for ``focal`` than for ``reference`` pupils of the same level."""

    label: str
    reference: str
    focal: str
    easier: bool  # for the focal group
    large: bool


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """``groups``: percent correct by group, one cell per item, all pupils first; empty where no groups were asked for.

    ``shifts``: differential items whose q-value and size are worth a look. ``scale``, ``levels``: the Wright map.
    """

    source: str
    pupils: int
    items: int
    alpha: float | None
    mean: float | None
    sd: float | None
    error: float | None
    lines: tuple[ItemFigures, ...]
    scale: tuple[WrightItem, ...] = ()
    levels: tuple[AbilityBin, ...] = ()
    group_name: str = ""
    groups: tuple[MapRow, ...] = ()
    shifts: tuple[Shift, ...] = ()
    problems: tuple[Problem, ...] = ()
    outputs: tuple[str, ...] = ()
    code_version: str = ""
