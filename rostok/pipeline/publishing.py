"""``rostok publish``: maps of the analyst → tables that may leave the authority, safe beside all earlier ones.

``public`` holds what may be given to anybody, ``private`` the record of what is hidden and why: the reason says which
of two numbers is small, and the next publication needs the values.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import rostok
from rostok.disclosure import Reason, Suppressed
from rostok.pipeline import publish_tables as tables
from rostok.pipeline.gap_places import FILE as PLACES
from rostok.pipeline.publish_tables import ANSWERED, ItemNumbers, PaperKey, Places, Printed, Unit
from rostok.pipeline.swap import MARKER, PRIVATE, PUBLIC, check_target, whole_directory
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.wording import gettext

LEDGER = "cells.csv"
_SECONDS_BETWEEN = 0.5  # looks at how far workers are
# Files of ``gaps`` that are functions of more than the published numbers; a manual page says why for each.
LEFT_OUT = ("tests.csv", "alpha.csv", "differences.csv", "marks.csv", "distribution.csv", "subscores.csv",
            "systemic.csv", "years.csv", "maps.html")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishRun:
    """What was done. ``cells``: printable numbers of the units asked for; ``hidden`` of them, by reason.

    ``exposed``: numbers that earlier publications already give away.
    """

    out: Path
    cells: int
    hidden: Mapping[str, int]
    exposed: int
    left_out: tuple[str, ...]

    @property
    def complementary(self) -> int:
        """Hidden for the sake of others: beside a small group, or in an item beside another item."""
        return self.hidden.get(Reason.COMPLEMENT, 0) + self.hidden.get(Reason.NOT_SHOWN, 0)


def publish(
    folder: Path, *, out: Path, previous: Sequence[Path] = (), workers: int = 2, progress: Progress = silent
) -> PublishRun:
    """Write publishable tables of the maps in ``folder`` into ``out``, whole or not at all.

    ``previous``: results of earlier calls, first to last. Raises InputRefused for what is no result of ``gaps``, for
    maps of classes, for an earlier folder that is no publication, and for an ``out`` where the maps or a publication
    lie, which later publications need; DisclosureError if a choice were not safe.
    """
    check_target(out)
    if out.resolve() == folder.resolve() or (out / PRIVATE / LEDGER).exists():
        raise InputRefused((Problem("publish-needed", file=str(out)),))
    source = _Source.read(folder)
    earlier = [_earlier(one) for one in previous]
    papers = tables.items_of(source.gaps)
    jobs = [
        (paper, items, source.places, [_of_paper(one, paper) for one in earlier])
        for paper, items in papers.items()
    ]
    stage, steps = gettext("Что можно показать"), sum(map(len, papers.values()))
    progress(stage, 0, steps)
    found = dict(_all_chosen(jobs, workers, lambda done: progress(stage, min(done, steps - 1), steps)))
    progress(stage, steps, steps)
    chosen = {paper: found[paper] for paper in papers}
    with whole_directory(out) as target:
        run = _run(out, source, chosen)
        _write(target, run, source, chosen, previous)
    return run


@dataclass(frozen=True)
class _Source:
    """A folder of ``rostok gaps``."""

    folder: Path
    facts: Mapping[str, Any]
    gaps: list[tables.Row]
    places: Places

    @classmethod
    def read(cls, folder: Path) -> _Source:
        facts = _facts(folder, "gaps", "publish-not-gaps")
        if facts["by"] not in tables.LEVELS:
            raise InputRefused((Problem("publish-classes", str(folder)),))
        if not (folder / PLACES).exists():
            raise InputRefused((Problem("publish-incomplete", str(folder)),))
        return cls(folder, facts, tables.read_rows(folder / "gaps.csv"), _places(folder / PLACES))


def _facts(folder: Path, command: str, code: str) -> Mapping[str, Any]:
    try:
        facts = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputRefused((Problem(code, str(folder)),)) from error
    if not isinstance(facts, dict) or facts.get("command") != command:
        raise InputRefused((Problem(code, str(folder)),))
    return facts


def _places(path: Path) -> Places:
    found = {
        tables.unit_of(row): (row["municipality_id"], row["region_id"]) for row in tables.read_rows(path)
    }
    return Places(found).with_municipalities()


def _earlier(folder: Path) -> dict[tuple[PaperKey, str], Suppressed]:
    _facts(folder, "publish", "publish-not-published")
    private = folder / PRIVATE
    if not (private / LEDGER).exists():
        raise InputRefused((Problem("publish-not-published", str(folder)),))
    return tables.read_ledger(tables.read_rows(private / LEDGER), _places(private / PLACES))


def _of_paper(earlier: Mapping[tuple[PaperKey, str], Suppressed], paper: PaperKey) -> dict[str, Suppressed]:
    return {item: found for (one, item), found in earlier.items() if one == paper}


# --- the choice


_Job = tuple[PaperKey, dict[str, ItemNumbers], Places, list[dict[str, Suppressed]]]


def _all_chosen(
    jobs: Sequence[_Job], workers: int, told: Callable[[int], None]
) -> Iterator[tuple[PaperKey, dict[str, Suppressed]]]:
    """Papers as they are done; of several, some at once. ``told``: how many items have been chosen, now and then.

    By items, because a paper by schools takes minutes. An item that has to be chosen again is not told again.
    """
    if min(workers, len(jobs)) <= 1:
        steps = count(1)
        yield from (_chosen(job, lambda: told(next(steps))) for job in jobs)
        return
    # spawn: a worker starts clean, without the threads of Arrow, which a fork could leave locked.
    context = get_context("spawn")
    done = context.Value("i", 0)
    with ProcessPoolExecutor(min(workers, len(jobs)), context, _begin, (done,)) as pool:
        waiting = {pool.submit(_chosen_apart, job) for job in jobs}
        while waiting:
            ready, waiting = wait(waiting, _SECONDS_BETWEEN, FIRST_COMPLETED)
            told(done.value)
            yield from (one.result() for one in ready)


_done: Any = None  # in a worker: how many items all workers have chosen


def _begin(done: Any) -> None:
    global _done
    _done = done


def _chosen_apart(job: _Job) -> tuple[PaperKey, dict[str, Suppressed]]:
    return _chosen(job, _one_more)


def _one_more() -> None:
    with _done.get_lock():
        _done.value += 1


def _chosen(job: _Job, told: Callable[[], None]) -> tuple[PaperKey, dict[str, Suppressed]]:
    """What may be shown of one paper, every item safe by itself and beside the earlier publications of it.

    How many answered is nearly the same number in every item: where it is hidden in one it is hidden in all, and the
    choice is made again. ``told`` is called after the first choice of each item.
    """
    # Loaded in the worker: it needs a solver.
    from rostok.disclosure.suppression import MIN_GROUP, check_safe, suppress

    paper, items, places, earlier = job
    closed = {unit for found in items.values() for unit, (n, _) in found.numbers.items() if 0 < n < MIN_GROUP}
    chosen: dict[str, Suppressed] = {}
    waiting = list(items)
    while waiting:
        for item in waiting:  # each closes units for the next ones, so that all items take the same
            held = [one[item] for one in earlier if item in one]
            made = tables.publication(paper, item, items[item], places, frozenset(closed))
            choice = suppress(made, held)
            check_safe(choice, held)
            closed |= set(items[item].numbers) - _answered_shown(paper, item, items[item], choice)
            if item not in chosen:
                told()
            chosen[item] = choice
        waiting = [
            item
            for item, found in items.items()
            if closed & _answered_shown(paper, item, found, chosen[item])
        ]
    return paper, chosen


def _answered_shown(paper: PaperKey, item: str, found: ItemNumbers, chosen: Suppressed) -> set[Unit]:
    """Units of which it may be read how many answered the item."""
    return {unit for unit in found.numbers if chosen.is_shown(tables.key_of(paper, item, unit, ANSWERED))}


# --- the files


def _run(out: Path, source: _Source, chosen: Mapping[PaperKey, Mapping[str, Suppressed]]) -> PublishRun:
    level = source.facts["by"]
    reasons: Counter[str] = Counter()
    cells = exposed = 0
    for found in (one for items in chosen.values() for one in items.values()):
        exposed += len(found.exposed)
        for cell in found.publication.cells:
            assert isinstance(cell.key, tuple)
            if cell.key[-3] == level:
                cells += 1
                reasons.update([str(found.hidden[cell.key])] if cell.key in found.hidden else [])
    present = tuple(name for name in LEFT_OUT if (source.folder / name).exists())
    return PublishRun(out, cells, dict(sorted(reasons.items())), exposed, present)


def _write(
    target: Path, run: PublishRun, source: _Source, chosen: Mapping[PaperKey, Mapping[str, Suppressed]],
    previous: Sequence[Path],
) -> None:  # fmt: skip
    public, private = target / PUBLIC, target / PRIVATE
    public.mkdir()
    private.mkdir()
    printed = {paper: Printed(paper, found) for paper, found in chosen.items()}
    rows = (
        tables.printed_row(row, printed[tables.paper_of(row)], _region(tables.unit_of(row), source.places))
        for row in source.gaps
    )
    tables.write_rows(public / "gaps.csv", source.gaps[0], rows)
    _write_skills(public / "skills.csv", source, printed)
    tables.write_rows(
        private / LEDGER, tables.LEDGER_COLUMNS,
        (row for items in chosen.values() for found in items.values() for row in tables.ledger_rows(found)),
    )  # fmt: skip
    (private / PLACES).write_bytes((source.folder / PLACES).read_bytes())
    text = json.dumps(run_facts(run, source.facts, previous), ensure_ascii=False, indent=1, sort_keys=True)
    (target / MARKER).write_text(text + "\n", encoding="utf-8")


def _region(unit: Unit, places: Places) -> Unit:
    above = places.above(unit)
    return unit if above is None else _region(above, places)


def _write_skills(path: Path, source: _Source, printed: Mapping[PaperKey, Printed]) -> None:
    labels = {
        (tables.paper_of(row), row["skill"]): tuple(row["labels"].split(", "))
        for row in tables.read_rows(source.folder / "subscores.csv")
    }
    answered: dict[tuple[PaperKey, Unit], dict[str, int]] = {}
    for row in source.gaps:
        answered.setdefault((tables.paper_of(row), tables.unit_of(row)), {})[row["item"]] = int(
            row["participants"]
        )
    with_header = (source.folder / "skills.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
    rows = (
        tables.printed_skill(
            row, labels[paper, row["skill"]], printed[paper], answered[paper, tables.unit_of(row)]
        )
        for row in tables.read_rows(source.folder / "skills.csv")
        for paper in [tables.paper_of(row)]
    )
    tables.write_rows(path, with_header, rows)


def run_facts(run: PublishRun, source: Mapping[str, Any], previous: Sequence[Path]) -> dict[str, Any]:
    """``run.json``: what was published of what, and how much is hidden."""
    from rostok.disclosure.suppression import MIN_GROUP, MIN_WIDTH

    return {
        "command": "publish",
        "suppressed": True,
        "for": gettext("Публиковать можно только папку public; папка private — для самого ведомства."),
        "by": source["by"],
        "data_version": source["data_version"],
        "code_version": rostok.__version__,
        "least_group": MIN_GROUP,
        "least_width": MIN_WIDTH,
        "numbers": run.cells,
        "hidden": dict(run.hidden),
        "exposed": run.exposed,
        "left_out": list(run.left_out),
        "previous": [folder.name for folder in previous],
    }
