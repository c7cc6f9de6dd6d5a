"""A synthetic region: its schools, what is written there in which year, and the scripts on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rostok.formats.reading import ScaleLookup
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import Scale
from rostok.synth import scripts, truth
from rostok.synth.blueprints import Blueprint, blueprint
from rostok.synth.children import Population
from rostok.synth.schools import (
    SCHOOLS_PER_MUNICIPALITY,
    Block,
    Municipalities,
    make_municipalities,
    make_schools,
)
from rostok.wording import gettext

_M, _R = Subject.MATH, Subject.RUSSIAN


@dataclass(frozen=True, slots=True)
class Region:
    """``population`` holds the schools; scripts and truths are computed from it when asked, always the same."""

    seed: int
    years: tuple[int, ...]
    region_code: int
    municipalities: Municipalities
    population: Population
    assessments: tuple[Assessment, ...]
    blueprints: tuple[Blueprint, ...]  # of the assessments, in the same order
    scales: ScaleLookup

    def blueprint(self, assessment: Assessment) -> Blueprint:
        return self.blueprints[self.assessments.index(assessment)]

    def scale(self, assessment: Assessment) -> Scale | None:
        """The scale of the assessment's own year."""
        return self.scales.find(assessment.kind, assessment.subject, assessment.grade, assessment.year)

    def scripts(self, assessment: Assessment) -> scripts.Scripts:
        """The scripts of one assessment (KeyError-like ValueError for one that is not held here)."""
        return scripts.write(self.population, assessment, self.blueprint(assessment))

    def shares(self, assessment: Assessment) -> tuple[truth.Floats, truth.Floats]:
        """True and expected share under the minimum of each school, see ``truth``."""
        return truth.shares(self.population, assessment, self.blueprint(assessment))


def held_in(year: int) -> tuple[Assessment, ...]:
    """Assessments of a calendar year, as they were: autumn in 2020, no ОГЭ in 2020, no ЕГЭ base before 2022."""
    wave = Wave.AUTUMN if year == 2020 else Wave.SPRING
    vpr = [(_M, 4), (_M, 5), (_R, 5), (_M, 6), (_R, 6)]
    held = [Assessment(Kind.VPR, year, wave, subject, grade) for subject, grade in vpr]
    if year != 2020:
        held += [Assessment(Kind.OGE, year, Wave.SPRING, subject, 9) for subject in (_R, _M)]
    held.append(Assessment(Kind.EGE, year, Wave.SPRING, _R, 11))
    held.append(Assessment(Kind.EGE_PROFILE, year, Wave.SPRING, _M, 11))
    if year not in {2020, 2021}:
        held.append(Assessment(Kind.EGE_BASE, year, Wave.SPRING, _M, 11))
    return tuple(held)


def generate(
    *,
    schools: int = 180,
    years: Sequence[int] = (2020, 2021, 2022),
    seed: int = 1,
    scales: ScaleLookup,
    assessments: Sequence[Assessment] | None = None,
) -> Region:
    """A region of ``schools`` schools with results of ``years``; the same arguments give the same region.

    ``scales`` names the items of ВПР (2021 for years without a scale of their own). ``assessments`` replaces
    the list of ``held_in``. Raises ValueError for fewer than 1 or more than 8,000 schools, or no years.
    """
    if not years:
        raise ValueError(gettext("не назван ни один год"))
    chosen = tuple(sorted(set(years)))
    held = assessments if assessments is not None else [one for year in chosen for one in held_in(year)]
    return make_block(schools, held, years=chosen, seed=seed, scales=scales, block=Block())


def make_block(
    schools: int, held: Sequence[Assessment], *, years: tuple[int, ...], seed: int, scales: ScaleLookup,
    block: Block, size_factor: float = 1.0,
) -> Region:  # fmt: skip
    """One block of a region or country: schools of its own, the same assessments.

    ``size_factor`` makes all schools larger or smaller. Assessments whose items nobody knows are left out.
    """
    number = max(1, round(schools / SCHOOLS_PER_MUNICIPALITY))
    municipalities = make_municipalities(number, block)
    made = make_schools(schools, municipalities, seed=seed, block=block)
    if size_factor != 1.0:
        sizes = np.clip(np.rint(made.size * size_factor), 3, 200).astype(np.int64)
        made = replace(made, size=sizes)
    population = Population(made, seed, block.label, years[0])
    known = [(one, blueprint(one, scales)) for one in held]
    return Region(
        seed=seed,
        years=years,
        region_code=block.region_code,
        municipalities=municipalities,
        population=population,
        assessments=tuple(one for one, plan in known if plan is not None),
        blueprints=tuple(plan for _, plan in known if plan is not None),
        scales=scales,
    )
