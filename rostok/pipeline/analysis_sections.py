"""The sections of a report on expectation, change, conditions and the rule itself; what cannot be made is said."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from rostok.pipeline.calculating import Calculation
from rostok.pipeline.changing import build_growth
from rostok.pipeline.conditions_sections import build_clusters, build_resilience, build_similar
from rostok.pipeline.expecting import build_value_added
from rostok.pipeline.report_conditions import ConditionsOfVersion
from rostok.pipeline.report_sentences import NothingToSay
from rostok.pipeline.trying import build_sandbox
from rostok.reports.analysis_model import Analysis
from rostok.schema.problems import InputRefused
from rostok.schema.progress import Progress, silent
from rostok.store import DataVersion
from rostok.wording import N_, gettext

_TITLES = {
    "value-added": N_("Результат рядом с ожидаемым"),
    "resilience": N_("Результаты в трудных условиях"),
    "growth": N_("Динамика"),
    "similar": N_("Похожие школы"),
    "clusters": N_("Группы школ по результатам"),
    "sandbox": N_("Что изменится, если подвинуть порог"),
}


@dataclass(frozen=True)
class _Basis:
    """What every section is made from."""

    version: DataVersion
    calculation: Calculation
    engine: Any
    conditions: ConditionsOfVersion


def build_analysis(
    asked: Collection[str], version: DataVersion, calculation: Calculation, engine: Any, progress: Progress = silent
) -> tuple[Analysis, tuple[str, ...]]:  # fmt: skip
    """The sections asked for that the data suffice for, and a sentence on each of the others."""
    basis = _Basis(version, calculation, engine, ConditionsOfVersion(version, engine, calculation.on))
    found = Analysis()
    notes: list[str] = []
    for name, build in _BUILDERS.items():
        if name not in asked:
            continue
        stage = gettext(_TITLES[name])
        progress(stage, 0, 1)
        try:
            found = build(found, basis)
        except NothingToSay as why:
            notes.append(_note(stage, str(why)))
        except InputRefused as refused:
            notes.append(_note(stage, " ".join(problem.sentence for problem in refused.problems)))
        progress(stage, 1, 1)
    return found, tuple(notes)


def _note(title: str, why: str) -> str:
    return gettext("Раздела «{title}» нет. {why}", title=title, why=why)


def _value_added(found: Analysis, basis: _Basis) -> Analysis:
    made = build_value_added(basis.version, basis.engine, basis.conditions.chosen, basis.calculation.on)
    return replace(found, value_added=made)


def _growth(found: Analysis, basis: _Basis) -> Analysis:
    return replace(found, growth=build_growth(basis.version, basis.engine, basis.calculation.on))


def _resilience(found: Analysis, basis: _Basis) -> Analysis:
    made = build_resilience(basis.version, basis.engine, basis.conditions, basis.calculation.on)
    return replace(found, resilience=made)


def _similar(found: Analysis, basis: _Basis) -> Analysis:
    return replace(found, similar=build_similar(basis.conditions))


def _clusters(found: Analysis, basis: _Basis) -> Analysis:
    return replace(found, clusters=build_clusters(basis.version, basis.engine, basis.calculation.on))


def _sandbox(found: Analysis, basis: _Basis) -> Analysis:
    return replace(found, sandbox=build_sandbox(basis.version, basis.calculation, basis.engine))


# In the order of the page.
_BUILDERS: dict[str, Callable[[Analysis, _Basis], Analysis]] = {
    "value-added": _value_added,
    "resilience": _resilience,
    "growth": _growth,
    "similar": _similar,
    "clusters": _clusters,
    "sandbox": _sandbox,
}
