"""The sections of a report that go by conditions of schools: resilience, similar schools, groups of schools."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rostok.disclosure import is_share_shown
from rostok.pipeline.describing import Conditions
from rostok.pipeline.grouping import ClustersPlan, clusters_of
from rostok.pipeline.report_conditions import ConditionsOfVersion
from rostok.pipeline.report_sentences import NothingToSay
from rostok.pipeline.resilient import ResiliencePlan, resilience_of
from rostok.reports import analysis_model as model
from rostok.reports.effect_charts import Sign
from rostok.schema.verdicts import ResilienceVerdict, Verdict
from rostok.statistics import matching
from rostok.statistics.matching import AgainstGroup, Distance, Neighbours
from rostok.store import DataVersion
from rostok.wording import gettext

NEIGHBOURS = 10
NAMED = 5  # neighbours of one school that its card may name
RESAMPLES = 20  # fewer than the command takes: a report waits for it
_SIGNS = {str(Verdict.BETTER): Sign.ABOVE, str(Verdict.WORSE): Sign.BELOW}


def build_resilience(
    version: DataVersion, engine: Any, conditions: ConditionsOfVersion, on: dt.date
) -> model.Resilience:
    """Raises NothingToSay without conditions, InputRefused where there are too few schools or no results."""
    chosen = conditions.chosen
    if chosen is None:
        raise NothingToSay(_no_conditions())
    plan = ResiliencePlan(on=on, index=chosen.index, indicator=chosen.indicator)
    found = resilience_of(version, engine, plan)
    rows = found.tables["resilience"].to_pylist()  # type: ignore[union-attr]  # held, not streamed
    made_of = found.tables["conditions"]
    scripts = dict(zip(made_of["school_id"].to_pylist(), made_of["scripts"].to_pylist(), strict=True))  # type: ignore[index]
    return model.Resilience(
        chosen.title, plan.delta, plan.lower_part, plan.certainty, found.facts["cut"], found.facts["index_reliability"],
        tuple(resilience_line(row, int(scripts.get(row["school_id"]) or 0)) for row in rows),
        assumed_reliability=any(one.code == "resilience-error-assumed" for one in found.problems),
    )  # fmt: skip


_RESILIENCE = ("school_id", "context", "effect", "probability", "verdict")


def resilience_line(row: Mapping[str, Any], scripts: int) -> model.ResilienceLine:
    """A row of ``resilience.csv``; of fewer than ten scripts neither figures nor a verdict."""
    line = model.ResilienceLine(**{name: row[name] for name in _RESILIENCE})
    if is_share_shown(scripts):
        return line
    return replace(line, effect=None, probability=None, verdict=str(ResilienceVerdict.CANNOT_TELL))


def _no_conditions() -> str:
    return gettext("Условия школ не известны: нет ни индекса социального благополучия, ни ответов анкет.")


# --- similar schools


def build_similar(conditions: ConditionsOfVersion) -> model.Similar:
    """Raises NothingToSay where no index can be computed or nobody has results."""
    found = conditions.index
    if found is None:
        raise NothingToSay(_no_conditions())
    if found.results is None:
        raise NothingToSay(gettext("Результатов с известным наибольшим баллом нет: сравнивать нечего."))
    standing = found.results.standing
    z, weights = found.found.scores.z, found.found.weights
    allowed = np.isfinite(found.found.index) & np.isfinite(standing.result)
    metric = matching.metric_of(z, weights, Distance.EUCLID)
    near = matching.nearest_of_all(np.where(allowed[:, None], z, np.nan), metric, NEIGHBOURS)
    lines = tuple(_lines(found, near, np.flatnonzero(allowed)))
    return model.Similar(
        str(found.definition.title), int((weights != 0).sum()), matching.CALIPER, NEIGHBOURS, lines,
        unknown=int(np.isfinite(standing.result).sum() - allowed.sum()),
    )  # fmt: skip


def _lines(found: Conditions, near: Neighbours, targets: np.ndarray) -> Iterator[model.SimilarLine]:
    assert found.results is not None
    schools, scripts = found.answers.schools, found.results.standing.n
    result, variance = found.results.standing.result, found.results.standing.variance
    there = near.school[targets] >= 0
    others = np.where(there, result[near.school[targets]], np.nan)
    spread = np.where(there, variance[near.school[targets]], np.nan)
    compared = matching.compare(result[targets], variance[targets], others, spread).verdicts
    for row, target in enumerate(targets.tolist()):
        own = near.school[target][near.school[target] >= 0]
        said = matching.against_group(result[target], variance[target], result[own], variance[own])
        shown = is_share_shown(int(scripts[target]))
        named = tuple(
            model.Neighbour(
                schools[other], float(near.distance[target][k]),
                sign_of(compared[row][k], shown and is_share_shown(int(scripts[other]))),
            )
            for k, other in enumerate(own.tolist()[:NAMED])
        )  # fmt: skip
        yield similar_line(schools[target], len(own), said, named, shown=shown)


def similar_line(
    school: str, neighbours: int, said: AgainstGroup, named: tuple[model.Neighbour, ...], *, shown: bool
) -> model.SimilarLine:
    """``shown``: has the school ten scripts? Else neither figures nor a verdict."""
    line = model.SimilarLine(
        school, neighbours, said.difference, said.lower, said.upper, sign_of(said.verdict, shown), named
    )
    if shown and np.isfinite(said.difference):
        return line
    return replace(line, difference=None, lower=None, upper=None)


def sign_of(verdict: object, shown: bool) -> Sign:
    return _SIGNS.get(str(verdict), Sign.CANNOT_TELL) if shown else Sign.CANNOT_TELL


# --- groups of schools


def build_clusters(version: DataVersion, engine: Any, on: dt.date) -> model.Clusters:
    """Raises InputRefused where there are too few schools or features."""
    found = clusters_of(version, engine, ClustersPlan(on=on, resamples=RESAMPLES))
    members: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for row in found.tables["clusters"].to_pylist():  # type: ignore[union-attr]  # held, not streamed
        members[row["cluster"]].append((row["school_id"], row["probability"]))
    groups = tuple(
        model.ClusterLine(
            row["cluster"], row["description"], row["found_again"], tuple(members[row["cluster"]])
        )
        for row in found.tables["descriptions"].to_pylist()  # type: ignore[union-attr]
    )
    return model.Clusters(groups, found.facts["stability"])
