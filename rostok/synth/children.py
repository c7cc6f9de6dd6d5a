"""Children: a generation enters grade 1 together, stays in its school and class, and keeps its abilities.

Autumn 2020 and spring 2021 draw the same children; each year a few leave and others come. Abilities are
drawn per generation and subject by name, so asking for one subject moves no other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment, Subject
from rostok.synth.schools import GENERATION_SD, SUBJECT_SD, Schools
from rostok.synth.streams import stream

GENERAL_SD = 0.74  # of a child, over all subjects
SPECIFIC_SD = 0.53  # of a child in one subject
CLASS_SD = 0.17
LEAVING_SHARE = 0.03  # of children a year
CLASS_SIZE = 26
SIZE_SPREAD = 0.10  # of a grade from generation to generation, in logarithms
STAYING_AFTER_9 = 0.48

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Population:
    """The schools of one block, the seed, and the first calendar year there are data of."""

    schools: Schools
    seed: int
    block: str
    first_year: int

    def rng(self, *labels: object) -> np.random.Generator:
        return stream(self.seed, self.block, *labels)


@dataclass(frozen=True, slots=True)
class Children:
    """Children who are in some grade: one entry per child, ordered by school and class."""

    school: Ints  # position in Schools
    klass: Ints  # from 0 within school and grade
    ability: Floats  # in the subject, all effects of child, class, generation and school included


def _sizes(population: Population, generation: int) -> Ints:
    schools = population.schools
    spread = population.rng("size", generation).normal(0, SIZE_SPREAD, len(schools))
    return np.clip(np.rint(schools.size * np.exp(spread)), 3, 200).astype(np.int64)


def _persistent(population: Population, generation: int, years: range, count: int, *labels: object) -> Floats:
    """Standard normal of each place in the generation, drawn anew when another child takes the place."""
    values = population.rng("child", generation, *labels).standard_normal(count, dtype=np.float32)
    for year in years:
        replaced = population.rng("leaving", generation, year).random(count) < LEAVING_SHARE
        newcomers = population.rng("child", generation, year, *labels).standard_normal(
            int(replaced.sum()), dtype=np.float32
        )
        values[replaced] = newcomers
    return values


def _classes(sizes: Ints) -> tuple[Ints, Ints]:
    """Class of each child within the school, and a number for each class of the block."""
    classes = -(-sizes // CLASS_SIZE)
    place = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    klass = place * np.repeat(classes, sizes) // np.repeat(sizes, sizes)
    return klass, np.repeat(np.cumsum(classes) - classes, sizes) + klass


def school_mean(population: Population, assessment: Assessment) -> NDArray[np.float64]:
    """Mean ability of each school's intakes on the assessment: what lasts, without generation and class."""
    schools = population.schools
    moment = assessment.year - population.first_year + (0.75 if assessment.wave == "autumn" else 0.33)
    first = 0.33 if population.first_year > 2020 else 0.75
    subject = population.rng("subject", assessment.subject).normal(0, SUBJECT_SD, len(schools))
    planted = np.array([bool(label) for label in schools.planted])
    # A planted truth should be seen in every subject, so its subject effects are halved.
    return schools.effect + schools.trend * (moment - first) + np.where(planted, 0.5, 1.0) * subject


def around_mean_sd() -> float:
    """Spread of one pupil of another intake around ``school_mean``."""
    return float(np.sqrt(GENERAL_SD**2 + SPECIFIC_SD**2 + CLASS_SD**2 + GENERATION_SD**2))


def who_writes(population: Population, assessment: Assessment) -> Children:
    """The children in the grade that writes the assessment, school by school."""
    schools, generation = population.schools, assessment.generation
    sizes = _sizes(population, generation)
    count = int(sizes.sum())
    years = range(max(generation, population.first_year - 1) + 1, assessment.school_year.start + 1)
    school = np.repeat(np.arange(len(schools)), sizes)
    klass, class_number = _classes(sizes)
    general = _persistent(population, generation, years, count, "general")
    specific = _persistent(population, generation, years, count, assessment.subject)
    mean = school_mean(population, assessment)
    mean = mean + population.rng("generation", generation).normal(0, GENERATION_SD, len(schools))
    class_effect = _class_effect(population, generation, assessment.subject, int(class_number[-1]) + 1)
    ability = mean[school] + GENERAL_SD * general + SPECIFIC_SD * specific + class_effect[class_number]
    present = _in_grade(population, assessment, school)
    return Children(school[present], klass[present], ability[present].astype(np.float32))


def _class_effect(population: Population, generation: int, subject: Subject, count: int) -> Floats:
    """Half of a class's effect is common to all subjects (who is in it), half is the teacher's."""
    common = population.rng("class", generation).standard_normal(count)
    own = population.rng("class", generation, subject).standard_normal(count)
    return np.asarray(CLASS_SD * np.sqrt(0.5) * (common + own), dtype=np.float32)


def _in_grade(population: Population, assessment: Assessment, school: Ints) -> NDArray[np.bool_]:
    schools, grade = population.schools, assessment.pupil_grade
    taught = (schools.lowest <= grade) & (grade <= schools.highest)
    present = taught[school]
    if grade > 9:
        present &= population.rng("staying", assessment.generation).random(len(school)) < STAYING_AFTER_9
    return present
