"""Which results of a school are set side by side, and what comes out: a paper with itself a year on, all papers of a
moment with those of another, one generation of children with itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rostok.pipeline.school_scores import Indicator, PaperScores, SchoolScores, moment_label, moment_of
from rostok.schema.assessments import Assessment, Wave
from rostok.schema.verdicts import Verdict
from rostok.statistics.growth.pooling import pooled, pooled_variance, weights_of
from rostok.statistics.growth.precision import Means
from rostok.statistics.growth.shrinkage import Shrunken, shrink, verdicts

Floats = NDArray[np.float64]
Pair = tuple[PaperScores, PaperScores]


@dataclass(frozen=True)
class Comparison:
    """One indicator at two moments. Per school ``change`` and ``region_change``; ``pupils_change``: of all pupils.

    ``of`` says what is compared: ``paper``, ``all`` papers of two moments, or ``cohort``.
    """

    of: str
    indicator: Indicator
    first: str
    second: str
    change: Floats
    region_change: Floats
    pupils_change: float
    shrunken: Shrunken
    verdicts: NDArray[np.str_]
    subject: str = ""
    generation: int | None = None


def chain_of(paper: Assessment) -> Hashable:
    """Papers of one chain differ by their moment alone; results after retakes are a chain of their own."""
    return paper.kind, paper.subject, paper.grade, paper.wave is Wave.RETAKES


def _cohort_of(paper: Assessment) -> Hashable:
    return paper.kind, paper.subject, paper.generation, paper.wave is Wave.RETAKES


def chains(scores: SchoolScores) -> dict[Hashable, list[PaperScores]]:
    """Papers by their chain, in the order of moments."""
    return _grouped(scores, chain_of)


def _grouped(scores: SchoolScores, key: object) -> dict[Hashable, list[PaperScores]]:
    found: dict[Hashable, list[PaperScores]] = defaultdict(list)
    for one in scores.papers:
        found[key(one.paper)].append(one)  # type: ignore[operator]  # chain_of or _cohort_of
    return dict(found)


def _ends(line: Sequence[PaperScores]) -> Iterator[Pair]:
    """Neighbours, and the first with the last."""
    yield from pairwise(line)
    if len(line) > 2:
        yield line[0], line[-1]


def comparisons(scores: SchoolScores) -> Iterator[Comparison]:
    """Everything that can be compared: papers, then all papers of two moments, then generations."""
    by_moments: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for line in chains(scores).values():
        for pair in _ends(line):
            by_moments[moment_label(pair[0].paper), moment_label(pair[1].paper)].append(pair)
            yield from _of_pair("paper", *pair)
    for labels, pairs in by_moments.items():
        if len(pairs) > 1:
            yield from _of_moments(*labels, pairs)
    for line in _grouped(scores, _cohort_of).values():
        for first, second in pairwise(line):
            if second.paper.grade > first.paper.grade:
                yield from _of_pair("cohort", first, second)


def _of_pair(of: str, first: PaperScores, second: PaperScores) -> Iterator[Comparison]:
    for indicator in Indicator:
        if indicator in first.by_indicator and indicator in second.by_indicator:
            a, b = first.by_indicator[indicator], second.by_indicator[indicator]
            change = b.mean - a.mean
            shrunken = shrink(change, a.variance + b.variance)
            cohort = {"subject": str(first.paper.subject), "generation": first.paper.generation}
            yield Comparison(
                of, indicator, first.paper.key, second.paper.key, change, np.full(len(change), shrunken.centre),
                b.region - a.region, shrunken,
                _told(shrunken, indicator, _still(indicator, [(a, b)])),
                **(cohort if of == "cohort" else {}),  # type: ignore[arg-type]  # names and types stand above
            )  # fmt: skip


def _of_moments(first: str, second: str, pairs: Sequence[Pair]) -> Iterator[Comparison]:
    """Change of a school over all its papers of both moments, each beside the region's change in that paper."""
    for indicator in Indicator:
        both = [p for p in pairs if all(indicator in side.by_indicator for side in p)]
        if len(both) < 2:
            continue
        ends: list[list[Means]] = [[p[k].by_indicator[indicator] for p in both] for k in (0, 1)]
        variances = [np.stack([m.variance for m in end]) for end in ends]
        changes = np.stack([b.mean - a.mean for a, b in zip(*ends, strict=True)])
        weights = weights_of(*variances)
        expected = [shrink(row, v).centre for row, v in zip(changes, sum(variances), strict=True)]  # type: ignore[arg-type]
        usable = np.isfinite(np.array(expected))[:, None] & (weights > 0)
        weights = _normalised(np.where(usable, weights, 0.0))
        change = pooled(changes, weights)
        of_region = pooled(np.broadcast_to(np.array(expected)[:, None], changes.shape), weights)
        variance = sum(
            pooled_variance(v, weights, [p[k].paper.generation for p in both])
            for k, v in enumerate(variances)
        )
        shrunken = shrink(change - of_region, np.asarray(variance))
        of_pupils = float(np.mean([b.region - a.region for a, b in zip(*ends, strict=True)]))
        yield Comparison(
            "all", indicator, first, second, change, of_region + shrunken.centre, of_pupils, shrunken,
            _told(shrunken, indicator, _still(indicator, list(zip(*ends, strict=True)))),
        )  # fmt: skip


def _still(indicator: Indicator, ends: Sequence[tuple[Means, Means]]) -> NDArray[np.bool_]:
    """Schools whose share stood at its end, nobody or everybody, in every paper of both moments.

    Where the region's share falls, a school that had nobody cannot fall with it: that is no change for the worse.
    """
    if indicator is not Indicator.UNDER:
        return np.zeros(len(ends[0][0].mean), bool)
    shares = np.stack([side.mean for pair in ends for side in pair])
    wrote = np.isfinite(shares)
    return np.asarray(np.any([np.all(~wrote | (shares == end), axis=0) for end in (0.0, 1.0)], axis=0))


def _told(found: Shrunken, indicator: Indicator, still: NDArray[np.bool_]) -> NDArray[np.str_]:
    said = verdicts(found, higher_is_better=indicator.higher_is_better)
    return np.where(still, str(Verdict.CANNOT_TELL), said)


def _normalised(weights: Floats) -> Floats:
    whole = weights.sum(axis=0)
    return np.asarray(weights / np.where(whole > 0, whole, 1.0))


@dataclass(frozen=True)
class MomentScores:
    """All papers of one moment as one standard score of each school, with its variance."""

    label: str
    mean: Floats
    variance: Floats


def moment_scores(papers: Iterable[PaperScores]) -> MomentScores:
    """Papers of one moment pooled by their errors, those of one generation taken as going together wholly."""
    held = list(papers)
    means = [one.standard for one in held]
    variances = np.stack([m.variance for m in means])
    weights = weights_of(variances, np.zeros_like(variances))
    return MomentScores(
        moment_label(held[0].paper),
        pooled(np.stack([m.mean for m in means]), weights),
        pooled_variance(variances, weights, [one.paper.generation for one in held]),
    )


def moments(scores: SchoolScores) -> list[list[PaperScores]]:
    """Papers by moment, in order; results after retakes are left out."""
    found: dict[tuple[int, int], list[PaperScores]] = defaultdict(list)
    for one in scores.papers:
        if one.paper.wave is not Wave.RETAKES:
            found[moment_of(one.paper)].append(one)
    return [found[key] for key in sorted(found)]
