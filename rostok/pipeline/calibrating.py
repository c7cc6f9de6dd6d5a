"""A table of scores → statistics of items: classical, Rasch or partial credit, fit, levels, differential items.

>>> import pyarrow as pa
>>> from rostok import pipeline
>>> table = pa.table({"code": ["a", "b", "c", "d"], "1": [1, 1, 0, 1], "2": [0, 1, 0, 0], "3": [1, 0, 0, 0]})
>>> found = pipeline.items(table, ids=["code"])
>>> found.tables["rasch"].column("item").to_pylist()
['1', '2', '3']
>>> round(found.tables["test"].column("mean")[0].as_py(), 2)
1.25
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import rostok
from rostok.formats.identities import Identities, by_identity, check_identities, item_of, read_identities
from rostok.formats.item_tables import ItemTable, levels, read_item_file, read_item_table
from rostok.formats.problem_log import ProblemLog
from rostok.pipeline import item_outputs as outputs
from rostok.pipeline.csv_files import spelt, write_csv
from rostok.pipeline.item_booklets import Booklets, report_without_booklet, without_booklets
from rostok.pipeline.item_doubts import report_columns, report_far_scores, report_groups
from rostok.pipeline.item_report import Spread, page_of, spread_of
from rostok.pipeline.item_scale import (
    LEAST_PUPILS,
    BookletLink,
    Labels,
    Scale,
    find_scale,
    linked_booklets,
    lowest_scores,
)
from rostok.pipeline.item_sensitivity import sensitivity_table
from rostok.pipeline.item_treatments import Treatment, skips, treated
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.reports import items_html
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.abilities import cell_levels, separation_reliability
from rostok.statistics.classical import PairwiseSums, describe, pairwise_sums
from rostok.statistics.item_scores import group as grouped_by
from rostok.wording import current_language, gettext

Codes = NDArray[np.int16]
Ints = NDArray[np.int64]

PRECISION = ".12g"


@dataclass(frozen=True)
class ItemAnalysis:
    """``tables``: by the name of their file without ``.csv``; those of what was not asked for are absent.

    ``spread``: what the pictures of ``items.html`` need beside the tables. ``log_likelihood``: of the scale,
    given raw scores; None without a scale.
    """

    tables: Mapping[str, pa.Table]
    problems: tuple[Problem, ...]
    pupils: int
    spread: Spread
    log_likelihood: float | None


@dataclass(frozen=True)
class _Input:
    """A table with its special columns understood; ``codes`` (items × pupils), ``stated`` highest scores by item.

    ``left_out``: pupils with scores that are of no known item or of a booklet not counted; they have been named.
    """

    labels: Labels
    codes: Codes
    booklet: Ints | None
    booklets: tuple[str, ...]
    booklet_name: str
    group: Ints | None
    groups: tuple[str, ...]
    group_name: str
    columns: Mapping[str, pa.Array]
    stated: Mapping[str, int]
    left_out: int = 0

    def possible(self, seen: Ints) -> Ints:
        """The highest score of each item: as stated, else the highest seen."""
        return np.array([max(self.stated.get(name, 0), top)
                         for name, top in zip(self.labels.items, seen.tolist(), strict=True)], np.int64)  # fmt: skip


def items(
    table: object,
    *,
    ids: Sequence[str] = (),
    group: str | None = None,
    booklet: str | None = None,
    identities: Identities | None = None,
    maxima: Mapping[str, int] | None = None,
) -> ItemAnalysis:
    """Statistics of a table with a row per pupil and a column per item: a path, an Arrow or a pandas table.

    ``ids``: columns that say who the pupil is. ``group``: pupils to compare for differential items.
    ``booklet``: which items a pupil was given; one column is one item in all booklets, unless ``identities``
    says which column of which booklet is which item. ``maxima``: highest possible scores, to catch mistakes.
    Raises InputRefused where nothing can be computed.
    """
    others = [name for name in (*ids, group, booklet) if name is not None]
    if isinstance(table, str | Path):
        read = read_item_file(Path(table), others=list(dict.fromkeys(others)), maxima=maxima)
    else:
        read = read_item_table(table, others=list(dict.fromkeys(others)), maxima=maxima)
    log = ProblemLog(read.name)
    given = _understood(read, ids, group, booklet, identities, log)
    stated = _stated(maxima or {}, given.booklets, identities)
    return _analysed(replace(given, stated=stated), read.problems, log)


def _understood(
    read: ItemTable,
    ids: Sequence[str],
    group: str | None,
    booklet: str | None,
    identities: Identities | None,
    log: ProblemLog,
) -> _Input:
    groups, group_of = levels(read.columns[group]) if group else ((), None)
    booklets, booklet_of = levels(read.columns[booklet]) if booklet else ((), None)
    labels, codes, left_out = read.items, read.scores, 0
    if identities is not None and booklet_of is not None:
        left_out = report_without_booklet(codes, booklet_of, booklet or "", read.first_row, log)
        labels, codes = by_identity(labels, codes, booklet_of, booklets, check_identities(identities), log)
    columns = {name: read.columns[name] for name in ids}
    return _Input(
        Labels(labels, read.first_row), codes, booklet_of, booklets, booklet or "", group_of, groups, group or "",
        columns, {}, left_out,
    )  # fmt: skip


def _stated(
    maxima: Mapping[str, int], booklets: Sequence[str], identities: Identities | None
) -> Mapping[str, int]:
    """Highest scores by item; of an item that stands in several columns the highest of them."""
    if identities is None or not booklets:
        return maxima
    found: dict[str, int] = {}
    for booklet in booklets:
        for column, maximum in maxima.items():
            item = item_of(booklet, column, identities)
            found[item] = max(found.get(item, 0), maximum)
    return found


def _analysed(given: _Input, before: tuple[Problem, ...], log: ProblemLog) -> ItemAnalysis:
    links, given = _linked(given, log)
    scores = treated(given.codes, Treatment.RULE)
    maxima = np.maximum(scores.max(axis=1, initial=0), 0).astype(np.int64)
    pupils = _report_pupils(scores, given.left_out, log)
    _report_items(given, scores, maxima, log)
    scale = find_scale(scores, given.labels, log)
    _report_unused(given, scale, maxima, log)
    report_far_scores(given.labels, scores, scale.placed, given.stated, log)
    tables = _classical(given, scores, maxima, pupils, scale, log)
    tables |= _model(given, scores, maxima, scale)
    tables |= _differential(given, scores, log)
    if given.booklet is not None:
        tables["link"] = outputs.link_table(given.labels.items, links, given.booklets)
    found = skips(given.codes, given.booklet)
    if found.any:
        possible = given.possible(maxima)
        tables["sensitivity"] = sensitivity_table(
            given.labels, given.codes, given.booklet, found, scores, scale, possible, log
        )
    problems = (*before, *log.problems())
    tables["problems"] = problems_table(problems)
    spread = spread_of(scores, given.possible(maxima), scale, given.group, given.groups)
    found_scale = scale.calibration
    log_likelihood = None if found_scale is None else found_scale.log_likelihood
    return ItemAnalysis(tables, problems, pupils, spread, log_likelihood)


def _linked(given: _Input, log: ProblemLog) -> tuple[list[BookletLink], _Input]:
    """The tests of the links, and the input without the booklets that fail them: one column is not one item there."""
    if given.booklet is None or len(given.booklets) < 2:
        return [], given
    scores = treated(given.codes, Treatment.RULE)
    links, kept = linked_booklets(scores, given.booklet, given.booklets, given.labels, log)
    if kept.all():
        return links, given
    of_booklets = Booklets(given.booklet_name, given.booklets, given.booklet, given.labels.first_row)
    codes, left_out = without_booklets(given.codes, of_booklets, kept, log)
    return links, replace(given, codes=codes, left_out=given.left_out + left_out)


def _report_pupils(scores: Codes, left_out: int, log: ProblemLog) -> int:
    with_scores = np.asarray((scores >= 0).any(axis=0))
    pupils = int(with_scores.sum())
    if without := len(with_scores) - pupils - left_out:
        log.add("pupils-without-scores", count=without)
    if pupils < LEAST_PUPILS:
        log.add("pupils-too-few", values={"n": pupils, "least": LEAST_PUPILS,
                                          "what": gettext("альфу, связи и трудности")})  # fmt: skip
    return pupils


def _report_items(given: _Input, scores: Codes, maxima: Ints, log: ProblemLog) -> None:
    low = lowest_scores(scores)
    for place, name in enumerate(given.labels.items):
        known = scores[place] >= 0
        if known.sum() >= LEAST_PUPILS and maxima[place] == low[place]:
            log.add("item-one-value", column=name, value=str(maxima[place]))
    report_columns(given.labels, scores, maxima, given.stated, log)


def _report_unused(given: _Input, scale: Scale, maxima: Ints, log: ProblemLog) -> None:
    if scale.grouping is None:
        return
    counts = scale.grouping.grouped.category_counts
    for row, place in enumerate(scale.placed.tolist()):
        top = int(maxima[place] - scale.lowest[place])
        unused = np.flatnonzero(counts[row, : top + 1] == 0) + scale.lowest[place]
        never = [*range(int(scale.lowest[place])), *unused.tolist()]
        if never:
            log.add("item-scores-unused", column=given.labels.items[place], value=", ".join(map(str, never)))


def _classical(
    given: _Input, scores: Codes, maxima: Ints, pupils: int, scale: Scale, log: ProblemLog
) -> dict[str, pa.Table]:
    sums = pairwise_sums(scores)
    varying = np.flatnonzero(maxima > lowest_scores(scores))
    test = describe(_chosen(sums, varying))
    _report_alpha(given, sums, varying, log)
    # An item everyone has the same score for adds to the mean, and nothing to any variance.
    nan = float("nan")
    same = np.isfinite(sums.means) & ~np.isin(np.arange(len(maxima)), varying)
    mean = test.mean + float(sums.means[same].sum())
    test = replace(test, mean=mean if pupils else nan, sd=test.sd if pupils >= LEAST_PUPILS else nan)
    reliability = nan
    if scale.calibration is not None and scale.grouping is not None:
        grouped = scale.grouping.grouped
        reliability = separation_reliability(cell_levels(scale.calibration, grouped), grouped.pupils)
    answered = int((sums.n > 0).sum())
    return {
        "test": outputs.whole_test_table(pupils, answered, test, reliability),
        "classical": outputs.classical_table(given.labels.items, sums, given.possible(maxima), varying, test),
    }


def _chosen(sums: PairwiseSums, places: Ints) -> PairwiseSums:
    square = np.ix_(places, places)
    return PairwiseSums(sums.counts[square], sums.sums[square], sums.cross[square])


def _report_alpha(given: _Input, sums: PairwiseSums, varying: Ints, log: ProblemLog) -> None:
    apart = np.argwhere(_chosen(sums, varying).counts < LEAST_PUPILS)
    if len(apart) and len(varying) > 1 and sums.n.max() >= LEAST_PUPILS:
        one, other = (given.labels.items[int(varying[place])] for place in apart[0])
        log.add("alpha-unknown", column=one, value=other)


def _model(given: _Input, scores: Codes, maxima: Ints, scale: Scale) -> dict[str, pa.Table]:
    names = given.labels.items
    tables = {
        "fit": outputs.fit_table(names, scale),
        "persons": outputs.persons_table(scale, maxima),
    }
    if maxima.max(initial=0) <= 1:
        tables["rasch"] = outputs.rasch_table(names, scale)
    else:
        tables["pcm"] = outputs.pcm_table(names, scale, maxima)
    if given.columns:
        tables["pupils"] = outputs.pupils_table(scale, dict(given.columns), scores, given.possible(maxima))
    return tables


def _differential(given: _Input, scores: Codes, log: ProblemLog) -> dict[str, pa.Table]:
    """Empty tables without groups: the file is there, and has nothing to say."""
    group = np.full(scores.shape[1], -1) if given.group is None else given.group
    if given.group is not None:
        report_groups(given.group_name, len(given.groups), given.group, scores, log)
    if given.group is not None and len(given.groups) < 2:
        log.add("groups-too-few", column=given.group_name)
    if len(given.groups) < 2:
        empty, pairs = outputs.dif_tables(given.labels.items, grouped_by(scores), scores, group, ("", " "))
        return {"dif": empty.slice(0, 0), "dif_pairs": pairs.slice(0, 0)}
    dif, pairs = outputs.dif_tables(given.labels.items, grouped_by(scores), scores, group, given.groups)
    return {"dif": dif, "dif_pairs": pairs}


@dataclass(frozen=True)
class ItemPlan:
    """What to do with a table; as the arguments of ``items``."""

    ids: tuple[str, ...] = ()
    group: str | None = None
    booklet: str | None = None
    identities: Path | None = None
    maxima: Mapping[str, int] | None = None


def write_items(source: Path, *, plan: ItemPlan, out: Path, progress: Progress = silent) -> ItemAnalysis:
    """``items`` of a file into the folder ``out``, whole or not at all. Raises InputRefused."""
    check_target(out)
    stage = gettext("Задания")
    if not source.exists():
        raise InputRefused((Problem("file-missing", str(source)),))
    if source.is_dir():
        raise InputRefused((Problem("item-table-unknown", str(source)),))
    progress(stage, 0, 2)
    found = items(
        source, ids=plan.ids, group=plan.group, booklet=plan.booklet, maxima=plan.maxima,
        identities=None if plan.identities is None else read_identities(plan.identities),
    )  # fmt: skip
    progress(stage, 1, 2)
    with whole_directory(out) as folder:
        for name, table in found.tables.items():
            write_csv(folder / f"{name}.csv", table if name == "problems" else spelt(table, PRECISION))
        items_html.write(
            page_of(source.name, found.tables, found.spread, found.problems, plan.group or ""),
            folder / "items.html",
        )
        (folder / MARKER).write_text(_facts(source, plan, found) + "\n", encoding="utf-8")
    progress(stage, 2, 2)
    return found


def _facts(source: Path, plan: ItemPlan, found: ItemAnalysis) -> str:
    facts: dict[str, Any] = {
        "command": "items",
        "suppressed": False,
        "for": gettext("Файлы аналитика: малые группы в них не скрыты. Публиковать нельзя."),
        "language": current_language(),
        "code_version": rostok.__version__,
        "source": {"file": source.name, "sha256": hashlib.sha256(source.read_bytes()).hexdigest()},
        "id": list(plan.ids),
        "group": plan.group,
        "booklet": plan.booklet,
        "identities": None if plan.identities is None else plan.identities.name,
        "maxima": dict(plan.maxima or {}),
        "pupils": found.pupils,
        "log_likelihood": found.log_likelihood,
        "problems": problem_counts(found.problems),
    }
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
