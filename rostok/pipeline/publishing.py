"""``rostok publish``: maps of the analyst → tables that may leave the authority, safe beside all earlier ones.

``public`` holds what may be given to anybody, ``private`` the record of what is hidden and why: the reason says which
of two numbers is small, and the next publication needs the values.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import rostok
from rostok.disclosure import Reason
from rostok.pipeline import publish_tables as tables
from rostok.pipeline.gap_places import FILE as PLACES
from rostok.pipeline.item_lists import listed_items
from rostok.pipeline.publish_rows import Printed, printed_row, printed_skill
from rostok.pipeline.publish_tables import Chosen, PaperKey, PaperNumbers, Places, Unit
from rostok.pipeline.swap import MARKER, PRIVATE, PUBLIC, check_target, whole_directory
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.intervals import CONFIDENCE
from rostok.wording import gettext

LEDGER = "cells.csv"
_SECONDS_BETWEEN = 0.5  # looks at how far workers are
# Files of ``gaps`` that are functions of more than the published numbers; a manual page says why for each.
LEFT_OUT = ("tests.csv", "alpha.csv", "differences.csv", "marks.csv", "distribution.csv", "subscores.csv",
            "systemic.csv", "years.csv", "maps.html")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishRun:
    """What was done. ``cells``: printable numbers of the units asked for; ``hidden`` of them, by reason.

    ``exposed``: numbers that earlier publications already give away. ``not_comparable``: rows left out because many of
    the unit were not taught the item.
    """

    out: Path
    cells: int
    hidden: Mapping[str, int]
    exposed: int
    not_comparable: int
    left_out: tuple[str, ...]

    @property
    def complementary(self) -> int:
        """Hidden for the sake of others, or because the participants are."""
        return self.hidden.get(Reason.COMPLEMENT, 0) + self.hidden.get(Reason.NOT_SHOWN, 0)


def publish(
    folder: Path, *, out: Path, previous: Sequence[Path] = (), workers: int = 2, progress: Progress = silent
) -> PublishRun:
    """Write publishable tables of the maps in ``folder`` into ``out``, whole or not at all.

    ``previous``: results of earlier calls, first to last. Raises InputRefused for what is no result of ``gaps``, for
    maps of classes, for an earlier folder that is no publication, and for an ``out`` where the maps or a publication
    lie, which later publications need, or when the system killed a worker (worker-lost); DisclosureError if a choice
    were not safe.
    """
    check_target(out)
    if out.resolve() == folder.resolve() or (out / PRIVATE / LEDGER).exists():
        raise InputRefused((Problem("publish-needed", file=str(out)),))
    source = _Source.read(folder)
    earlier = [_earlier(one) for one in previous]
    jobs = [
        (paper, numbers, source.places, [one[paper] for one in earlier if paper in one])
        for paper, numbers in source.papers.items()
    ]
    stage, steps = gettext("Что можно показать"), sum(len(one.items) for one in source.papers.values())
    progress(stage, 0, steps)
    try:
        found = dict(_all_chosen(jobs, workers, lambda done: progress(stage, min(done, steps - 1), steps)))
    except BrokenProcessPool as error:
        raise InputRefused((Problem("worker-lost"),)) from error
    progress(stage, steps, steps)
    chosen = {paper: found[paper] for paper in source.papers}
    with whole_directory(out) as target:
        printed = {
            paper: Printed(paper, source.papers[paper], one, source.places, source.confidence)
            for paper, one in chosen.items()
        }
        run = _run(out, source, printed)
        _write(target, run, source, printed, previous)
    return run


@dataclass(frozen=True)
class _Source:
    """A folder of ``rostok gaps``."""

    folder: Path
    facts: Mapping[str, Any]
    gaps: list[tables.Row]
    papers: Mapping[PaperKey, PaperNumbers]
    places: Places

    @classmethod
    def read(cls, folder: Path) -> _Source:
        facts = _facts(folder, "gaps", "publish-not-gaps")
        if facts["by"] not in tables.LEVELS:
            raise InputRefused((Problem("publish-classes", str(folder)),))
        try:
            gaps = tables.read_rows(folder / "gaps.csv")
            papers = tables.papers_of(gaps, tables.read_rows(folder / "tests.csv"))
            return cls(folder, facts, gaps, papers, _places(folder / PLACES))
        except (FileNotFoundError, KeyError) as error:
            raise InputRefused((Problem("publish-incomplete", str(folder)),)) from error

    @property
    def confidence(self) -> float:
        return float(self.facts.get("confidence", CONFIDENCE))


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


def _earlier(folder: Path) -> dict[PaperKey, Chosen]:
    _facts(folder, "publish", "publish-not-published")
    private = folder / PRIVATE
    try:
        return tables.read_ledger(tables.read_rows(private / LEDGER), _places(private / PLACES))
    except (FileNotFoundError, KeyError) as error:
        raise InputRefused((Problem("publish-not-published", str(folder)),)) from error


# --- the choice


_Job = tuple[PaperKey, PaperNumbers, Places, list[Chosen]]


def _all_chosen(
    jobs: Sequence[_Job], workers: int, told: Callable[[int], None]
) -> Iterator[tuple[PaperKey, Chosen]]:
    """Papers as they are done; of several, some at once. ``told``: how many items have been chosen, now and then.

    By items, because a paper by schools takes minutes.
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


def _chosen_apart(job: _Job) -> tuple[PaperKey, Chosen]:
    return _chosen(job, _one_more)


def _one_more() -> None:
    with _done.get_lock():
        _done.value += 1


def _chosen(job: _Job, told: Callable[[], None]) -> tuple[PaperKey, Chosen]:
    """What may be shown of one paper: its participants, then the points of every item beside them.

    The participants first and once: they are the same in every item, and where they are hidden in one they have to be
    hidden in all. ``told`` is called after each item.
    """
    # Loaded in the worker: it needs a solver.
    from rostok.disclosure.suppression import MIN_GROUP, check_safe, suppress

    paper, numbers, places, earlier = job
    before = [one.sizes for one in earlier]
    sizes = suppress(tables.sizes_publication(paper, numbers.participants, places), before)
    check_safe(sizes, before)
    items = {}
    for item in numbers.items:
        # The new participants are known, and stand first: a change of points is judged beside the change of participants
        # since the last edition, so that edition has to come last.
        held = [sizes, *(one.beside(item) for one in earlier)]
        choice = suppress(tables.publication(paper, item, numbers, places, sizes, MIN_GROUP), held)
        check_safe(choice, held)
        items[item] = choice
        told()
    return paper, Chosen(sizes, items)


# --- the files


def _run(out: Path, source: _Source, printed: Mapping[PaperKey, Printed]) -> PublishRun:
    level = source.facts["by"]
    chosen = {paper: one.chosen for paper, one in printed.items()}
    rows = [row for one in chosen.values() for row in tables.ledger_rows(one) if row["unit_level"] == level]
    reasons = Counter(str(row["reason"]) for row in rows if row["reason"])
    exposed = sum(len(found.exposed) for one in chosen.values() for found in (one.sizes, *one.items.values()))
    present = tuple(name for name in LEFT_OUT if (source.folder / name).exists())
    left = sum(
        not printed[tables.paper_of(row)].is_comparable(row["item"], tables.unit_of(row))
        for row in source.gaps
    )
    return PublishRun(out, len(rows), dict(sorted(reasons.items())), exposed, left, present)


def _write(
    target: Path,
    run: PublishRun,
    source: _Source,
    printed: Mapping[PaperKey, Printed],
    previous: Sequence[Path],
) -> None:
    public, private = target / PUBLIC, target / PRIVATE
    public.mkdir()
    private.mkdir()
    rows = (
        printed_row(row, printed[tables.paper_of(row)], _region(tables.unit_of(row), source.places))
        for row in source.gaps
    )
    tables.write_rows(public / "gaps.csv", source.gaps[0], rows)
    _write_skills(public / "skills.csv", source, printed)
    tables.write_rows(
        private / LEDGER, tables.LEDGER_COLUMNS,
        (row for one in printed.values() for row in tables.ledger_rows(one.chosen)),
    )  # fmt: skip
    (private / PLACES).write_bytes((source.folder / PLACES).read_bytes())
    text = json.dumps(run_facts(run, source.facts, previous), ensure_ascii=False, indent=1, sort_keys=True)
    (target / MARKER).write_text(text + "\n", encoding="utf-8")


def _region(unit: Unit, places: Places) -> Unit:
    above = places.above(unit)
    return unit if above is None else _region(above, places)


def _write_skills(path: Path, source: _Source, printed: Mapping[PaperKey, Printed]) -> None:
    labels = {
        (tables.paper_of(row), row["skill"]): listed_items(row["labels"])
        for row in tables.read_rows(source.folder / "subscores.csv")
    }
    with_header = (source.folder / "skills.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
    rows = (
        printed_skill(row, labels[paper, row["skill"]], printed[paper])
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
        "not_comparable": run.not_comparable,
        "left_out": list(run.left_out),
        "previous": [folder.name for folder in previous],
    }
