"""Scripts → sums per item and unit: the one pass over the scripts behind learning-gap maps.

A row per school (or school × class) and «is the paper complete?» comes back, with a few sums per item; they
are joined to ``PaperSums`` here. Sums are written so that an engine adds small whole numbers without a
condition per row (−1 and −2 are put right afterwards from their counts): four times as fast as conditional
sums, measured on a national year. Ibis only, so the same expressions run on a cluster.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse

from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT
from rostok.schema.tables import item_column
from rostok.statistics.item_sums import PaperSums
from rostok.store.memory import give_back

if TYPE_CHECKING:
    import ibis.expr.types as ir

Whole = NDArray[np.integer]

# Items of a paper that classes are summed over in one pass. An engine keeps some sums of every item for each class
# of a country; half a long paper at a time costs a second decoding of its columns and saves 200 MB.
ITEMS_AT_ONCE = 13


@dataclass(frozen=True, slots=True)
class Units:
    """The smallest units of a reduction: school, and class where asked for (None: the file names none)."""

    school: pa.Array  # string
    class_name: pa.Array | None  # string, as written, upper-cased; None when only schools were asked for


@dataclass(frozen=True, slots=True)
class ReducedPaper:
    """The sums of one paper by unit, sorted by school and class."""

    units: Units
    sums: PaperSums


@dataclass(frozen=True, slots=True)
class MarkSums:
    """School × mark of one paper: participants, and per item how many answers count and their sum."""

    school: pa.Array
    mark: NDArray[np.int8]
    participants: NDArray[np.int64]
    answered: NDArray[np.int64]  # (groups, items)
    scores: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Footer:
    """What the footer of a stored file says of its items, without reading a row.

    ``empty``: places (from 0) of items nobody answered. ``least``: the least value of each item, −2 where the
    footer does not say. An engine then need not look for what is not there.
    """

    empty: frozenset[int] = frozenset()
    least: tuple[int, ...] = ()

    @classmethod
    def read(cls, path: Path, count: int) -> Footer:
        metadata = pq.read_metadata(path)
        names = [metadata.schema.column(at).name for at in range(metadata.num_columns)]
        empty, least = set(), []
        for place in range(count):
            at = names.index(item_column(place + 1))
            said = [
                metadata.row_group(group).column(at).statistics for group in range(metadata.num_row_groups)
            ]
            if all(_without_answers(one) for one in said):
                empty.add(place)
            known = all(one is not None and (one.has_min_max or one.num_values == 0) for one in said)
            least.append(min((one.min for one in said if one.num_values), default=0) if known else NOT_TAUGHT)
        return cls(frozenset(empty), tuple(least))

    @classmethod
    def of_table(cls, table: pa.Table, count: int) -> Footer:
        """The same of a table in memory."""
        least = [pc.min_max(table[item_column(place + 1)]) for place in range(count)]
        empty = {place for place, one in enumerate(least) if one["max"].as_py() in (None, NOT_TAUGHT)}
        return cls(frozenset(empty), tuple(one["min"].as_py() or 0 for one in least))

    def least_of(self, place: int) -> int:
        return self.least[place] if self.least else NOT_TAUGHT


def _without_answers(said: Any) -> bool:
    """``said``: statistics of one row group; ``num_values`` counts values that are there."""
    if said is None:
        return False
    return bool(said.num_values == 0 or (said.has_min_max and said.max < NOT_ATTEMPTED))


def reduce_paper(
    engine: Any,
    scripts: ir.Table,
    count: int,
    *,
    skills: Sequence[Sequence[int]] = (),
    footer: Footer | None = None,
    by_class: bool = False,
) -> ReducedPaper:
    """Sums of the ``count`` items of one paper and of its ``skills`` (places of items of each).

    A skill is answered by a pupil who answered all its items. Items that ``footer`` calls empty make no paper
    incomplete. ``scripts`` is a table of the engine with the columns of SCRIPTS.
    """
    keys = ["school_id", "class_name"] if by_class else ["school_id"]
    step = ITEMS_AT_ONCE if by_class else max(1, count)
    rows: pa.Table | None = None
    for start in range(0, max(1, count), step):
        chosen = range(start, min(start + step, count))
        asked = tuple(tuple(skill) for skill in skills) if start == 0 else ()
        part = _fetched(engine, scripts, _Asked(tuple(keys), count, chosen, asked, footer or Footer()))
        rows = _beside(rows, part, keys)
    assert rows is not None
    give_back()
    units, place = _units(rows, by_class)
    sums = _paper_sums(rows, count, [list(skill) for skill in skills], place, len(units.school))
    return ReducedPaper(units, sums)


def reduce_marks(engine: Any, scripts: ir.Table, count: int) -> MarkSums:
    """Per school and mark: answers that count and their sum for every item; participants with a mark only."""
    written = scripts.filter(scripts.participant & scripts.mark.notnull())
    columns = [written[item_column(place + 1)] for place in range(count)]
    sums = {
        name: value for place, column in enumerate(columns) for name, value in _counted(column, place).items()
    }
    rows = engine.to_pyarrow(
        written.group_by("school_id", "mark").aggregate(participants=written.count(), **sums)
    )
    rows = rows.sort_by([("school_id", "ascending"), ("mark", "ascending")])
    tried, taught = _matrix(rows, "not_attempted", count), _matrix(rows, "not_taught", count)
    answered = _matrix(rows, "filled", count) - taught
    scores = _scores(_matrix(rows, "sum", count), tried, taught).astype(np.int64)
    return MarkSums(
        rows["school_id"].combine_chunks(), rows["mark"].to_numpy().astype(np.int8),
        _whole(rows, "participants"), answered, scores,
    )  # fmt: skip


def score_counts(engine: Any, scripts: ir.Table, *, by_class: bool = False) -> pa.Table:
    """How many participants of each unit have each raw score: ``school_id[, class_name], raw_score, participants``."""
    keys = ["school_id", "class_name", "raw_score"] if by_class else ["school_id", "raw_score"]
    written = scripts.filter(scripts.participant & scripts.raw_score.notnull())
    rows = engine.to_pyarrow(written.group_by(keys).aggregate(participants=written.count()))
    if by_class:
        rows = rows.set_column(1, "class_name", _class_names(rows["class_name"].combine_chunks()))
        rows = rows.group_by(keys, use_threads=False).aggregate([("participants", "sum")])
        rows = rows.rename_columns([*keys, "participants"])
    return rows.sort_by([(key, "ascending") for key in keys])


# --- expressions


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one pass sums: the ``chosen`` of ``count`` items; all of them make the total and say what is complete."""

    keys: tuple[str, ...]
    count: int
    chosen: range
    skills: tuple[tuple[int, ...], ...]
    footer: Footer


# SQL of DuckDB by engine-independent request and name of the table: turning a hundred sums into SQL takes Ibis 0.2 s,
# as long as adding up half a million scripts, and the papers of a country ask for the same few things.
_SQL: dict[tuple[_Asked, str], str] = {}


def _fetched(engine: Any, scripts: ir.Table, asked: _Asked) -> pa.Table:
    if engine.name != "duckdb":
        return engine.to_pyarrow(_summed(scripts, asked))
    known = (asked, scripts.get_name())
    if known not in _SQL:
        _SQL[known] = engine.compile(_summed(scripts, asked))
    return engine.raw_sql(_SQL[known]).to_arrow_table()


def _summed(scripts: ir.Table, asked: _Asked) -> ir.Table:
    keys, count, skills, footer = asked.keys, asked.count, asked.skills, asked.footer
    written = scripts.filter(scripts.participant)
    items = {place: written[item_column(place + 1)] for place in range(count)}
    needed = [column for place, column in items.items() if place not in footer.empty]
    whole = {place: _points(column) for place, column in items.items()}
    derived = {f"points_{place}": value for place, value in whole.items()}
    derived["complete"] = (
        functools.reduce(operator.and_, [column >= NOT_ATTEMPTED for column in needed]).fill_null(False)
        if needed
        else ibis.literal(False)
    )
    for number, places in enumerate(skills):
        derived[f"skill_{number}"] = _skill(items, whole, places)
    read = written.select(*keys, *(column for column in items.values()), **derived)
    # Items nobody answered are null in every row and would make each total null.
    points = [read[f"points_{place}"].cast("int32") for place in range(count) if place not in footer.empty]
    total = functools.reduce(operator.add, points) if points else ibis.literal(0, "int32")
    read = read.mutate(total=total)
    return read.group_by(*keys, "complete").aggregate(**_sums(read, asked.chosen, len(skills), footer))


def _points(column: ir.Column) -> ir.Value:
    """«X» and «не пройд.» as 0 points; blank stays missing."""
    return ibis.greatest(column, ibis.literal(0, "int8"))


def _skill(items: dict[int, ir.Column], points: dict[int, ir.Value], places: Sequence[int]) -> ir.Value:
    answered = functools.reduce(operator.and_, [items[place] >= NOT_ATTEMPTED for place in places])
    total = functools.reduce(operator.add, [points[place].cast("int32") for place in places])
    return ibis.ifelse(answered, total, None)


def _sums(read: ir.Table, chosen: range, skills: int, footer: Footer) -> dict[str, ir.Value]:
    total = read["total"]
    sums: dict[str, ir.Value] = {
        "participants": read.count(), "totals": total.sum(), "total_squares": (total * total).sum(),
    }  # fmt: skip
    for place in chosen:
        column = read[item_column(place + 1)]
        sums |= _counted(column, place, footer.least_of(place))
        square = column.cast("int16") * column.cast("int16")
        sums[f"squares_{place}"] = square.sum()
        sums[f"products_{place}"] = (read[f"points_{place}"].cast("int32") * total).sum()
    for number in range(skills):
        skill = read[f"skill_{number}"]
        sums |= {
            f"skill_answered_{number}": skill.count(), f"skill_scores_{number}": skill.sum(),
            f"skill_squares_{number}": (skill * skill).sum(), f"skill_products_{number}": (skill * total).sum(),
        }  # fmt: skip
    return sums


def _counted(column: ir.Column, place: int, least: int = NOT_TAUGHT) -> dict[str, ir.Value]:
    """All that is not blank, their sum, the −1 and the −2; those under the ``least`` value are not looked for."""
    found = {f"filled_{place}": column.count(), f"sum_{place}": column.sum()}
    for name, value in (("not_attempted", NOT_ATTEMPTED), ("not_taught", NOT_TAUGHT)):
        if least <= value:
            found[f"{name}_{place}"] = (column == value).cast("int8").sum()
    return found


# --- from rows of the engine to arrays


def _beside(rows: pa.Table | None, part: pa.Table, keys: list[str]) -> pa.Table:
    """Two passes over the same groups as one table; rows come from an engine in any order."""
    if rows is None and part.num_columns:
        return part.sort_by([(key, "ascending") for key in (*keys, "complete")])
    assert rows is not None
    part = part.sort_by([(key, "ascending") for key in (*keys, "complete")])
    for name in part.column_names:
        if name not in rows.column_names:
            rows = rows.append_column(name, part[name])
    return rows


def _whole(rows: pa.Table, name: str) -> NDArray[np.int64]:
    """A sum as whole numbers; the sum of nothing, and one that was not asked for, is 0.

    DuckDB gives sums of whole numbers 128 bits, as decimals; to numpy these would become objects.
    """
    if name not in rows.column_names:
        return np.zeros(rows.num_rows, np.int64)
    return np.asarray(pc.fill_null(rows[name].cast(pa.int64()), 0).to_numpy(), np.int64)


def _matrix(rows: pa.Table, name: str, count: int) -> NDArray[np.int64]:
    if not count:
        return np.zeros((rows.num_rows, 0), np.int64)
    return np.column_stack([_whole(rows, f"{name}_{place}") for place in range(count)])


def _compact(values: Whole) -> Whole:
    """In half the memory where the numbers are small, as those of schools and classes are."""
    small = values.size == 0 or max(values.max(), -values.min()) < np.iinfo(np.int32).max
    return values.astype(np.int32) if small else values


def _scores(sums: Whole, tried: Whole, taught: Whole) -> Whole:
    """Sums put right for the −1 and −2 among them."""
    return sums - NOT_ATTEMPTED * tried - NOT_TAUGHT * taught


def _squares(sums: Whole, tried: Whole, taught: Whole) -> Whole:
    return sums - NOT_ATTEMPTED**2 * tried - NOT_TAUGHT**2 * taught


class _Adding:
    """Adds rows of the engine to units: all of them, or those of complete papers."""

    def __init__(self, rows: pa.Table, place: Whole, units: int) -> None:
        whole = rows["complete"].to_numpy(zero_copy_only=False).astype(np.int64)
        shape, at = (units, rows.num_rows), (place, np.arange(rows.num_rows))
        self.rows = rows
        self._all = sparse.csr_matrix((np.ones(rows.num_rows, np.int64), at), shape=shape)
        self._complete = sparse.csr_matrix((whole, at), shape=shape)

    def total(self, name: str, *, complete: bool = False) -> Whole:
        found: Whole = (self._complete if complete else self._all) @ _whole(self.rows, name)
        return found

    def both(self, name: str, count: int) -> tuple[Whole, Whole]:
        """Of a sum per item: over all papers and over complete ones, (units, items)."""
        values = _matrix(self.rows, name, count)
        return _compact(self._all @ values), _compact(self._complete @ values)


def _paper_sums(rows: pa.Table, count: int, skills: list[list[int]], place: Whole, units: int) -> PaperSums:
    """Sums of units, each field added up at once: the rows of a country are twice its units, and many fields."""
    adding = _Adding(rows, place, units)
    tried, whole_tried = adding.both("not_attempted", count)
    taught, whole_taught = adding.both("not_taught", count)
    filled, _ = adding.both("filled", count)
    scores, whole_scores = adding.both("sum", count)
    squares, whole_squares = adding.both("squares", count)
    _, products = adding.both("products", count)
    skill = {
        name: adding.both(f"skill_{name}", len(skills))
        for name in ("answered", "scores", "squares", "products")
    }
    return PaperSums(
        participants=adding.total("participants"),
        answered=np.hstack([filled - taught, skill["answered"][0]]),
        scores=np.hstack([_scores(scores, tried, taught), skill["scores"][0]]),
        squares=np.hstack([_squares(squares, tried, taught), skill["squares"][0]]),
        not_attempted=np.hstack([tried, *_over(tried, skills)]),
        not_taught=np.hstack([taught, *_over(taught, skills)]),
        complete=adding.total("participants", complete=True),
        totals=adding.total("totals", complete=True),
        total_squares=adding.total("total_squares", complete=True),
        complete_scores=np.hstack([_scores(whole_scores, whole_tried, whole_taught), skill["scores"][1]]),
        complete_squares=np.hstack([_squares(whole_squares, whole_tried, whole_taught), skill["squares"][1]]),
        complete_products=np.hstack([products, skill["products"][1]]),
    )


def _over(counts: Whole, skills: list[list[int]]) -> list[Whole]:
    """Counts of items added over the items of each skill."""
    return [counts[:, places].sum(axis=1, keepdims=True) for places in skills]


def _units(rows: pa.Table, by_class: bool) -> tuple[Units, Whole]:
    """The units in their order, and the unit of each row."""
    keys = {"school_id": rows["school_id"].combine_chunks()}
    if by_class:
        keys["class_name"] = _class_names(rows["class_name"].combine_chunks())
    named = pa.table(keys)
    order = [(name, "ascending") for name in keys]
    units = named.group_by(list(keys), use_threads=False).aggregate([]).sort_by(order)
    units = units.append_column("place", pa.array(range(units.num_rows), pa.int64()))
    numbered = named.append_column("row", pa.array(range(named.num_rows), pa.int64()))
    # Joins drop missing keys; a class without a name is a key of its own here.
    filled = [_joinable(table, list(keys)) for table in (numbered, units)]
    joined = filled[0].join(filled[1], list(keys)).sort_by("row")
    class_name = units["class_name"].combine_chunks() if by_class else None
    return Units(units["school_id"].combine_chunks(), class_name), joined["place"].to_numpy().astype(np.int64)


def _joinable(table: pa.Table, keys: list[str]) -> pa.Table:
    for at, name in enumerate(keys):
        table = table.set_column(at, name, pc.fill_null(table[name], "\x00"))
    return table


def _class_names(written: pa.Array) -> pa.Array:
    """Classes as written, upper-cased and without blanks around; an empty name is none."""
    plain = pc.utf8_upper(pc.utf8_trim_whitespace(written))
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)
