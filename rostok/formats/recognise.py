"""Which assessment a table holds: from its content, the lines above it, the file's name and its folders.

Every place gives the values it allows; what all places allow together is the answer. No value at all, more
than one, or places that contradict each other become a problem that names the option to give — never a guess.
``--assume`` decides only then: it does not override a file that says clearly what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rostok.formats.problem_log import ProblemLog
from rostok.formats.reading import ReadContext
from rostok.formats.sniffing import suffix_of
from rostok.formats.words import Said, said_by_folder, said_in
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.wording import gettext

V = TypeVar("V", Kind, int, Subject, Wave)

# No spring ВПР reached its end in 2020 and few in 2022; in every other year they were written in spring.
# (domain.md §1, traps of the data.) For these two years only the pupil codes or a name can tell the wave.
YEARS_OF_TWO_WAVES = frozenset({2020, 2022})
# Share of pupil codes that must begin with one grade before they are believed.
CODES_AGREE = 0.9


@dataclass(frozen=True, slots=True)
class Places:
    """What each place of a file says, the content first; ``beyond`` are the folders above the given input."""

    said: tuple[Said, ...]
    beyond: tuple[Said, ...] = ()

    def allowed(self, attribute: Callable[[Said], frozenset[V]]) -> frozenset[V]:
        """Values all places allow; where they contradict each other, every value named."""
        named = [values for said in self.said if (values := attribute(said))]
        if not named:
            # The input itself is silent: the nearest folder above it that speaks.
            return next((values for said in self.beyond if (values := attribute(said))), frozenset())
        return frozenset.intersection(*named) or frozenset.union(*named)


def places_of(ctx: ReadContext, content: Said, texts: Iterable[str] = ()) -> Places:
    """Content, the lines above the table, the file's name, its folders."""
    above = [said_in(text) for text in texts if text]
    file, *folders = ctx.path_parts
    stem = file.removesuffix(suffix_of(file)) if suffix_of(file) else file
    return Places(
        (content, *above, said_in(stem), *(said_by_folder(folder) for folder in folders)),
        tuple(said_by_folder(folder) for folder in ctx.folders_above),
    )


def recognise(
    ctx: ReadContext,
    log: ProblemLog,
    *,
    content: Said,
    texts: Iterable[str] = (),
    pupil_codes: Sequence[object] = (),
) -> Assessment | None:
    """The assessment of a table; None after every attribute that is not clear was reported.

    ``content`` holds what the layout itself knows (``kinds`` at least), ``texts`` the lines above the table,
    ``pupil_codes`` the codes of ВПР, whose first figure is the grade the pupils were in.
    """
    places = places_of(ctx, content, texts)
    kind = _one(places, lambda said: said.kinds, ctx.assume.kind, "kind", log)
    year = _one(places, lambda said: said.years, ctx.assume.year, "year", log)
    subject = _subject(places, ctx, log)
    grade = _one(places, lambda said: said.grades, ctx.assume.grade, "grade", log)
    if kind is None or year is None or subject is None or grade is None:
        return None
    writers = grade_of_codes(pupil_codes) if kind is Kind.VPR else None
    if writers is not None and writers not in (grade, grade + 1) and ctx.assume.grade != grade:
        _ambiguous(log, "grade", [grade, writers])
        return None
    wave = _wave(places, ctx, log, kind, year, grade, writers)
    if wave is None:
        return None
    return Assessment(kind, year, wave, subject, grade)


def grade_of_codes(codes: Sequence[object]) -> int | None:
    """The grade nearly all pupil codes begin with (``60001`` → 6, ``110001`` → 11); None when they do not say.

    >>> grade_of_codes([60001.0, "60002", None, ""]), grade_of_codes(["1", "2"])
    (6, None)
    """
    numbers: list[int] = []
    for code in codes:
        text = str(int(code)) if isinstance(code, float) and code.is_integer() else str(code or "").strip()
        if text:
            numbers.append(int(text) // 10_000 if text.isdecimal() and len(text) in (5, 6) else 0)
    if not numbers:
        return None
    grades: npt.NDArray[np.int64]
    grades, times = np.unique(np.array(numbers), return_counts=True)
    best = int(np.argmax(times))
    believed = times[best] >= CODES_AGREE * len(numbers) and 1 <= grades[best] <= 12
    return int(grades[best]) if believed else None


def _subject(places: Places, ctx: ReadContext, log: ProblemLog) -> Subject | None:
    allowed = places.allowed(lambda said: said.subjects)
    if not allowed and ctx.assume.subject is None:
        log.add("subject-unknown", values={"options": ", ".join(Subject)})
        return None
    return _one(places, lambda said: said.subjects, ctx.assume.subject, "subject", log)


def _wave(
    places: Places, ctx: ReadContext, log: ProblemLog, kind: Kind, year: int, grade: int, writers: int | None
) -> Wave | None:
    by_codes = {grade: Wave.SPRING, grade + 1: Wave.AUTUMN}.get(writers or 0)
    named = Places((Said(waves=frozenset({by_codes} if by_codes else ())), *places.said), places.beyond)
    return wave_or_question(kind, year, named.allowed(lambda said: said.waves), ctx.assume.wave, log)


def wave_or_question(
    kind: Kind,
    year: int,
    allowed: frozenset[Wave],
    assumed: Wave | None,
    log: ProblemLog,
    *,
    row: int | None = None,
) -> Wave | None:
    """The wave of a work from all that is said of it (``allowed``); None after the question was reported.

    Where nothing is said it is spring, except in the years when ВПР were written in autumn too.
    """
    if not allowed and assumed is None and (kind is not Kind.VPR or year not in YEARS_OF_TWO_WAVES):
        return Wave.SPRING
    return _chosen(allowed, assumed, "wave", log, row)


def _one(
    places: Places, attribute: Callable[[Said], frozenset[V]], assumed: V | None, option: str, log: ProblemLog
) -> V | None:
    return _chosen(places.allowed(attribute), assumed, option, log)


def _chosen(
    allowed: frozenset[V], assumed: V | None, option: str, log: ProblemLog, row: int | None = None
) -> V | None:
    if len(allowed) == 1:
        return next(iter(allowed))
    if assumed is not None:
        return assumed
    if allowed:
        _ambiguous(log, option, sorted(allowed), row)
    else:
        log.add("attribute-unknown", row=row, values={"what": question(option), "option": option})
    return None


def _ambiguous(
    log: ProblemLog, option: str, options: Sequence[Kind | int | Subject | Wave], row: int | None = None
) -> None:
    named = ", ".join(
        f"{value} ({value.label})" if isinstance(value, Kind | Subject | Wave) else str(value)
        for value in options
    )
    log.add(
        "attribute-ambiguous",
        row=row,
        values={"what": question(option), "options": named, "option": option},
    )


def question(option: str) -> str:
    """What is asked by an option of ``--assume``: «какой это год»."""
    return {
        "kind": gettext("что это за работа (ВПР, ОГЭ, ЕГЭ)"),
        "year": gettext("какой это год"),
        "subject": gettext("какой это предмет"),
        "grade": gettext("за какой класс эта работа"),
        "wave": gettext("весной или осенью писали работу"),
        "school": gettext("чья это работа (логин школы)"),
    }[option]
