"""What of a table of scores deserves a doubt: columns that look like no items, groups that say little.

Everything here is said and nothing left out: only the person knows what a column holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rostok.formats.item_tables import far_scores
from rostok.formats.problem_log import ProblemLog
from rostok.pipeline.item_scale import Labels

Codes = NDArray[np.int16]
Ints = NDArray[np.int64]

MANY_SCORES = 25  # different scores of one item: an essay has fewer, an age or a number of a row has more
LARGE_TIMES = 10  # a highest score so many times that of the usual item: a count of lessons, a code
SAMPLE = 500  # pupils: a total is one of every pupil, so some hundred show it
TOTAL_SHARE = 0.95  # of the pupils meet the sum: a total counted by hand has slips
LEAST_UNUSUAL = 10  # pupils off the commonest score: where all have full marks, anything is a sum of anything
FAR_SHARE = 0.2  # of the pupils: scores so far above the rest that more of them have belong to the item
LEAST_OF_LIST = 10  # pupils: numbers that only grow over so many rows are a list's, not scores
MOST_WORDS = 2  # of a heading: a longer one is a sentence about an item
# Words of headings of columns that say who the pupil is, or what was given to the pupil; not what the pupil got.
BOOKLET_WORDS = frozenset(
    ["вар", "вариант", "варианта", "variant", "version", "form", "booklet", "idbook", "bookid"]
)
PERSON_WORDS = frozenset([
    "код", "code", "id", "логин", "login", "номер", "№", "пп", "ученик", "ученика", "участник", "участника", "pupil",
    "student", "person", "класс", "class", "grade", "школа", "school", "оо", "район", "пол", "sex", "gender", "группа",
    "group", "год", "year", "возраст", "age",
])  # fmt: skip
LEAST_OF_GROUP = 100  # pupils: the manual's bound for a class of differential items


def report_columns(
    labels: Labels, scores: Codes, maxima: Ints, stated: Mapping[str, int], log: ProblemLog
) -> None:
    """Say which columns look like a variant, a code, a total, or like no score at all; one sentence for each."""
    some = scores[:, :: max(1, scores.shape[1] // SAMPLE)]
    for place, name in enumerate(labels.items):
        summed = _summed(some, place)
        if name not in stated and _says(name, BOOKLET_WORDS):
            log.add("item-booklet-like", column=name, values={"n": _different(scores[place])})
        elif name not in stated and _says(name, PERSON_WORDS):
            log.add("item-person-like", column=name)
        elif _is_list(scores[place]):
            log.add("item-list-like", column=name)
        elif len(summed):
            log.add("item-total", column=name, values={"items": labels.listed(summed.tolist())})
        elif (different := _different(scores[place])) > MANY_SCORES:
            log.add("item-many-scores", column=name, value=str(maxima[place]), values={"n": different})
        elif name not in stated and maxima[place] > LARGE_TIMES * (usual := _usual(maxima, place)) > 0:
            log.add(
                "item-maximum-large", column=name, value=str(maxima[place]), values={"usual": f"{usual:g}"}
            )


def report_far_scores(
    labels: Labels, scores: Codes, placed: Ints, stated: Mapping[str, int], log: ProblemLog
) -> None:
    """Name scores far above all others in items that the scale bears: too many for slips, few enough to look at."""
    for place in placed.tolist():
        name, column = labels.items[place], scores[place]
        far = far_scores(*np.unique(column, return_counts=True), FAR_SHARE)
        if far is not None and name not in stated:
            rows = labels.rows(np.flatnonzero(column >= far[0]))
            log.add("item-score-far", column=name, value=str(far[0]), values={"below": far[1], "rows": rows})


def _says(name: str, words: frozenset[str]) -> bool:
    """A heading of a word or two, one of them among ``words``; with a number it is an item's: «группа 3»."""
    said = re.findall(r"[^\W_]+|№", name.casefold())
    return len(said) <= MOST_WORDS and not words.isdisjoint(said) and not any(map(str.isdecimal, said))


def _is_list(column: Codes) -> bool:
    """Grows from row to row: numbers of a list, which no scores do by chance."""
    known = column[column >= 0]
    return len(known) >= LEAST_OF_LIST and bool((np.diff(known.astype(np.int64)) > 0).all())


def _different(column: Codes) -> int:
    return int((np.bincount(column[column >= 0]) > 0).sum())


def _usual(maxima: Ints, place: int) -> float:
    """The middle one of the highest scores of the other items; 0 where there are fewer than two."""
    others = np.delete(maxima, place)
    others = others[others > 0]
    return float(np.median(others)) if len(others) > 1 else 0.0


def _summed(scores: Codes, place: int) -> Ints:
    """The columns whose sum this one is: neighbours on one side, or others from the first on; none for an item."""
    pupils = scores[place] >= 0
    total = scores[place, pupils].astype(np.int64)
    if len(total) == 0 or total.max() < 2:
        return np.zeros(0, np.int64)
    unusual = total != np.bincount(total).argmax()
    if unusual.sum() < LEAST_UNUSUAL:
        return np.zeros(0, np.int64)
    points = np.maximum(scores[:, pupils], 0).astype(np.int64)
    before, after = np.arange(place)[::-1], np.arange(place + 1, len(scores))
    for places in (before, after, np.concatenate([before[::-1], after])):
        sums = np.cumsum(points[places], axis=0)
        met = sums == total
        enough = (met.mean(axis=1) >= TOTAL_SHARE) & (met[:, unusual].mean(axis=1) >= TOTAL_SHARE)
        for length in np.flatnonzero(enough) + 1:
            chosen = places[:length]
            if length > 1 and points[chosen].max() < total.max():
                return np.sort(chosen)
    return np.zeros(0, np.int64)


def report_groups(name: str, groups: int, group: Ints, scores: Codes, log: ProblemLog) -> None:
    """Say who stands in no group, and which groups are too small for a class of differential items."""
    counted = np.asarray((scores >= 0).any(axis=0))
    without = int((counted & (group < 0)).sum())
    if without:
        log.add("pupils-without-group", column=name, count=without)
    small = int((np.bincount(group[counted & (group >= 0)], minlength=groups) < LEAST_OF_GROUP).sum())
    if groups > 1 and small:
        log.add(
            "groups-small", column=name, values={"small": small, "groups": groups, "least": LEAST_OF_GROUP}
        )
