"""A made-up region as the pipeline would hand it to the reports: nothing here is anybody's result.

Sizes, spreads and absences are like those of a real region; names are invented. The same ``seed`` gives
the same report. Probabilities are plausible, not computed: pages are tested here, not statistics.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass

from rostok.reports.model import (
    AssessmentLine,
    AssignedCategory,
    CategoryMeaning,
    CellLine,
    ChanceLine,
    FileLine,
    FileState,
    IndicatorLine,
    MethodologyText,
    Parameter,
    ParticipationBounds,
    PooledEstimate,
    Report,
    RuleLine,
    RunFacts,
    SchoolLine,
    UnknownBecause,
    Verdict,
)
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.problems import Problem
from rostok.statistics.firmness import word

# What no page may say of a school (the rules of wording).
FORBIDDEN = ("плох", "худш", "отстающ", "нарушен", "завышен", "антитоп", "неуспев", "слабые школы")

THRESHOLD = 0.3
MIN_PARTICIPANTS = 5
NEEDED = 2
SUBJECTS = (Subject.RUSSIAN, Subject.MATH)

ASSESSMENTS = tuple(
    [Assessment(Kind.VPR, 2020, Wave.AUTUMN, subject, grade) for grade in (5, 6) for subject in SUBJECTS]
    + [Assessment(Kind.VPR, 2021, Wave.SPRING, subject, grade) for grade in (5, 6) for subject in SUBJECTS]
    + [Assessment(Kind.OGE, 2021, Wave.SPRING, subject, 9) for subject in SUBJECTS]
)

MUNICIPALITIES = (
    "городской округ Ясногорье", "Заречный район", "Лесной муниципальный округ", "Приозёрский район",
    "город Светлояр", "Каменский муниципальный округ", "Верхнебельский район", "Степной район",
    "Муниципальный округ Красная Поляна", "Усть-Мшинский муниципальный район",
)  # fmt: skip
VILLAGES = (
    "Берёзовка", "Малые Ключи", "Новый Путь", "Озерки", "Старая Мельница", "Тихий Плёс", "Верхний Яр",
    "Журавлёво", "Сосновый Бор", "Крутой Лог",
)  # fmt: skip


def wilson(count: int, base: int) -> tuple[float, float]:
    """95 % Wilson interval, from the formula of the textbook."""
    z = 1.959964
    centre = (count + z * z / 2) / (base + z * z)
    half = z / (base + z * z) * math.sqrt(count * (base - count) / base + z * z / 4)
    return centre - half, centre + half


def cell(assessment: Assessment, participants: int | None, below: int | None, absent: int | None) -> CellLine:
    """A judged cell: counts in, everything else worked out from the definition."""
    if not participants or below is None:
        return CellLine(assessment, participants, absent, None, None, None, None, THRESHOLD, None,
                        because=UnknownBecause.NO_DATA)  # fmt: skip
    lower, upper = wilson(below, participants)
    if participants < MIN_PARTICIPANTS:
        return CellLine(assessment, participants, absent, below, below / participants, lower, upper,
                        THRESHOLD, None, because=UnknownBecause.FEW_PARTICIPANTS)  # fmt: skip
    least = math.ceil(THRESHOLD * participants - 1e-9)
    low = below >= least
    distance = least - 1 - below if low else least - below
    return CellLine(assessment, participants, absent, below, below / participants, lower, upper,
                    THRESHOLD, low, distance)  # fmt: skip


@dataclass
class _Place:
    """A school before its papers: how many pupils a grade, how hard the papers are for them."""

    number: int
    size: int
    level: float
    away: float


def _draw_cells(place: _Place, chance: random.Random) -> tuple[CellLine, ...]:
    cells = []
    for assessment in ASSESSMENTS:
        pupils = max(1, round(chance.gauss(place.size, math.sqrt(place.size))))
        absent = sum(chance.random() < place.away for _ in range(pupils))
        hard = place.level + (0.03 if assessment.subject is Subject.MATH else -0.02) + chance.gauss(0, 0.05)
        written = pupils - absent
        below = sum(chance.random() < min(max(hard, 0.01), 0.95) for _ in range(written))
        cells.append(cell(assessment, written, below, absent))
    return tuple(cells)


def verdict_of(cells: tuple[CellLine, ...]) -> Verdict:
    """True from two known lows; false when even the unknown ones could not make two."""
    lows = sum(one.low is True for one in cells)
    unknown = sum(one.low is None for one in cells)
    if lows >= NEEDED:
        return Verdict.TRUE
    return Verdict.FALSE if lows + unknown < NEEDED else Verdict.UNKNOWN


def reason(one: CellLine) -> str:
    work = one.assessment
    written = f"{one.below} из {one.participants}"
    if one.participants and one.participants >= 10 and one.share is not None:
        written += f" ({one.share * 100:.1f}\N{NO-BREAK SPACE}%)".replace(".", ",")
    return (f"Доля «2» по {work.subject.by_label}, {work.grade} класс, {work.wave.label} {work.year}: "
            f"{written}, порог 30\N{NO-BREAK SPACE}%.")  # fmt: skip


def school(number: int, chance: random.Random, verdicts: bool = True) -> SchoolLine:
    size = max(3, round(chance.lognormvariate(3.1, 0.85)))
    place = _Place(number, size, min(max(chance.gauss(0.2, 0.09), 0.02), 0.7), abs(chance.gauss(0.09, 0.07)))
    cells = _draw_cells(place, chance)
    rural = size < 18
    kind = (
        chance.choice(("ООШ", "СОШ")) if rural else chance.choice(("СОШ", "СОШ", "СОШ", "гимназия", "лицей"))
    )
    municipality = number % len(MUNICIPALITIES)
    name = f"Школа № {number}"
    if rural:
        name = f"МКОУ «{kind} села {VILLAGES[number % len(VILLAGES)]}»"
    return describe(
        f"{900000 + number}", name, cells, kind=kind, municipality=MUNICIPALITIES[municipality],
        municipality_id=f"reg99_m{municipality:03d}", territory="rural" if rural else "urban",
        probability=min(0.999, 0.55 + 0.45 * chance.random() ** 0.6),
    )  # fmt: skip


def describe(school_id: str, name: str, cells: tuple[CellLine, ...], *, kind: str = "СОШ",
             municipality: str = "Заречный район", municipality_id: str = "reg99_m001",
             territory: str = "rural", probability: float | None = 0.9) -> SchoolLine:  # fmt: skip
    """A whole line from its cells."""
    verdict = verdict_of(cells)
    lows = [one for one in cells if one.low]
    written = sum(one.participants or 0 for one in cells)
    away = sum(one.absent or 0 for one in cells)
    below = sum(one.below or 0 for one in cells)
    share = (below + 12) / (written + 60)
    half = 1.6 * math.sqrt(share * (1 - share) / (written + 60))
    return SchoolLine(
        school_id=school_id, name=name, kind=kind, territory=territory, municipality_id=municipality_id,
        municipality=municipality, category="ШНОР" if verdict is Verdict.TRUE else "", verdict=verdict,
        low_count=len(lows), assessment_count=len(cells),
        unknown_count=sum(one.low is None for one in cells), cohorts=len({one.cohort for one in lows}),
        firmness=word(probability), probability=probability,
        reasons=tuple(reason(one) for one in lows), cells=cells,
        indicators=(IndicatorLine("share_below", "Доля ниже порога по всем работам", below / max(written, 1),
                                  written, 1.0, "share"),),
        rules=(RuleLine("low_school", "Не меньше двух работ с результатами ниже порога",
                        {"true": True, "false": False, "unknown": None}[verdict], len(lows), NEEDED,
                        "assessments", "методика, пункт 3", decides=True),),
        share_absent=away / max(written + away, 1),
        participation=_bounds(cells),
        pooled=PooledEstimate(share, max(0.0, share - half), share + half),
        verdict_distance=_verdict_distance(cells, verdict),
    )  # fmt: skip


def _bounds(cells: tuple[CellLine, ...]) -> ParticipationBounds:
    def written_by_all(one: CellLine, below_too: bool) -> CellLine:
        away = one.absent or 0
        written = (one.participants or 0) + away
        return cell(one.assessment, written, (one.below or 0) + (away if below_too else 0), 0)

    all_below = tuple(written_by_all(one, True) for one in cells)
    all_above = tuple(written_by_all(one, False) for one in cells)
    return ParticipationBounds(verdict_of(all_below), verdict_of(all_above))


def _verdict_distance(cells: tuple[CellLine, ...], verdict: Verdict) -> int | None:
    if verdict is Verdict.UNKNOWN:
        return None
    steps = sorted(
        abs(one.distance)
        for one in cells
        if one.distance is not None and one.low is (verdict is Verdict.TRUE)
    )
    lows = sum(one.low is True for one in cells)
    turns = lows - NEEDED + 1 if verdict is Verdict.TRUE else NEEDED - lows
    return sum(steps[:turns]) if len(steps) >= turns else None


METHODOLOGY = MethodologyText(
    id="federal-low-results", version="2021.1", label="2021.1",
    title="Выявление школ с низкими образовательными результатами",
    source="методика ФИОКО, восстановлена по практике регионов", source_confirmed=False,
    author="разработчики «Ростка»", checker="",
    summary="Школе положена поддержка, если не меньше чем в двух работах за два последних календарных года "
            "доля участников с отметкой «2» или ниже минимума — 30 % и больше.",
    hash="5d41402abc4b2a76", valid_from=dt.date(2021, 1, 1), review_on=dt.date(2027, 9, 1),
    low_results=True, needed=NEEDED, min_participants=MIN_PARTICIPANTS,
    parameters=(
        Parameter("threshold", "порог доли", THRESHOLD, "share", "методика ФИОКО; документ не найден", False),
        Parameter("min_assessments", "работ ниже порога, не меньше", NEEDED, "assessments", "методика ФИОКО", False),
        Parameter("min_participants", "участников в работе, не меньше", MIN_PARTICIPANTS, "pupils",
                  "практика регионов: от 5 до 10", False),
        Parameter("window", "календарных лет в окне", 2, "calendar years", "методика ФИОКО"),
        Parameter("counted", "что считается одной работой", "assessment", "", "решение авторов файла"),
    ),
    categories=(CategoryMeaning("ШНОР", "результаты ниже порога не меньше чем в двух работах"),),
    limits=("Полный текст федеральной методики не опубликован: порог и окно восстановлены по практике.",),
)  # fmt: skip


def _assessment_lines(schools: tuple[SchoolLine, ...]) -> tuple[AssessmentLine, ...]:
    lines = []
    for work in ASSESSMENTS:
        cells = [one for school in schools for one in school.cells if one.assessment == work]
        written = sum(one.participants or 0 for one in cells)
        below = sum(one.below or 0 for one in cells)
        lower, upper = wilson(below, written) if written else (None, None)
        lines.append(AssessmentLine(
            work, sum(bool(one.participants) for one in cells), written, sum(one.absent or 0 for one in cells),
            below, lower, upper, THRESHOLD,
            "описание работы 2021 года" if work.year == 2021 else "описание работы 2020 года",
            work.year == 2021,
        ))  # fmt: skip
    return tuple(lines)


def _mean_size(one: SchoolLine) -> float:
    return one.participants / len(one.cells)


def _chance_lines(schools: tuple[SchoolLine, ...]) -> tuple[tuple[ChanceLine, ...], ChanceLine]:
    lines = []
    for low, high, rate in ((1, 9, 0.55), (10, 19, 0.4), (20, 39, 0.16), (40, 79, 0.03), (80, None, 0.002)):
        band = [one for one in schools if low <= round(_mean_size(one)) <= (high or 10**6)]
        listed = sum(one.verdict is Verdict.TRUE for one in band)
        mean = rate * len(band)
        half = 2 * math.sqrt(max(mean * (1 - rate), 0))
        wider = mean * 1.3, max(0, mean * 1.3 - half), mean * 1.3 + half
        lines.append(ChanceLine(low, high, len(band), listed, mean, max(0, mean - half), mean + half, *wider))
    mean = sum(line.expected for line in lines)
    half = 2 * math.sqrt(mean)
    listed = sum(line.listed for line in lines)
    wider = mean * 1.3, max(0, mean * 1.3 - half), mean * 1.3 + half
    total = ChanceLine(1, None, len(schools), listed, mean, max(0, mean - half), mean + half, *wider)
    return tuple(lines), total


PROBLEMS = (
    Problem("total-differs", "2021/5/Математика.xlsx", "Лист1", 214, "Итог", "12", {"sum": 13}),
    Problem("total-differs", "2021/5/Математика.xlsx", "Лист1", 377, "Итог", "9", {"sum": 8}),
    Problem("total-differs", "2021/6/Русский язык.xlsx", "Лист1", 12, "Итог", "31", {"sum": 30}, count=41),
    Problem("item-above-maximum", "2021/5/Математика.xlsx", "Лист1", 902, "7", "9", {"maximum": 2}),
    Problem("pupil-doubled", "2020/5/Русский язык.xlsx", "Лист1", 44, "Код", "60007",
            {"school": "900012", "times": 2}, count=318),
    Problem("rows-absent", "2021/5/Математика.xlsx", "Лист1", count=2114),
    Problem("item-not-attempted", "2021/5/Математика.xlsx", "Лист1", count=19_482),
    Problem("file-ignored", "прочее/Методическое письмо.docx"),
    Problem("school-not-in-register", value="901999"),
)  # fmt: skip

FILES = (
    FileLine("2020/5/Математика.xlsx", "vpr-2020", FileState.READ, "ВПР, математика, 5 класс, осень 2020",
             25_114, 21_350, 640, "ab" * 32),
    FileLine("2021/5/Математика.xlsx", "vpr-2021", FileState.READ, "ВПР, математика, 5 класс, весна 2021",
             26_302, 24_188, 652, "cd" * 32),
    FileLine("ОГЭ/2021-математика.csv", "oge-protocol", FileState.READ, "ОГЭ, математика, 9 класс, весна 2021",
             20_417, 20_101, 601, "ef" * 32),
    FileLine("schools.csv", "register", FileState.READ, "реестр школ", 692, None, 692, "12" * 32),
    FileLine("прочее/Методическое письмо.docx", "", FileState.IGNORED),
)  # fmt: skip


def sample_report(schools: int = 60, seed: int = 7) -> Report:
    """A federal-low-results report over ``schools`` invented schools; the last two are hand-made."""
    chance = random.Random(seed)
    lines = [school(number, chance) for number in range(1, schools - 1)]
    return report_of((*lines, small_school(), absent_school()))


def report_of(schools: tuple[SchoolLine, ...]) -> Report:
    bands, total = _chance_lines(schools)
    return Report(
        methodology=METHODOLOGY,
        run=RunFacts(dt.date(2021, 8, 31), (2020, 2021), "3f9a2c1b7d6e5f40", "0.1.0", "duckdb", "1.5.6",
                     replicates=256, seed=1, synthetic=True),
        schools=schools, assessments=_assessment_lines(schools), chance=bands, chance_total=total,
        files=FILES, problems=PROBLEMS,
        notes=("Результатов ЕГЭ в данных нет: вывод сделан без них.",
               "Осенью 2020 года работу по программе 5 класса писали шестиклассники; весной 2021 года те же дети "
               "писали работу за 6 класс. Это одна когорта."),
        place="Учебный регион",
    )  # fmt: skip


def small_school() -> SchoolLine:
    """Three or four pupils a grade: every paper is too small to judge."""
    cells = tuple(cell(work, 4, 1 + place % 2, 0) for place, work in enumerate(ASSESSMENTS))
    return describe("905001", "МКОУ «ООШ хутора Малый»", cells, kind="ООШ", probability=0.62)


def absent_school() -> SchoolLine:
    """Half of the pupils were away; a list of last year named the school."""
    cells = tuple(cell(work, 22, 5, 20) for work in ASSESSMENTS)
    line = describe("905002", "Школа имени Героя Советского Союза Н. Н. Соловьёва с углублённым изучением "
                    "отдельных предметов", cells, municipality="город Светлояр", municipality_id="reg99_m004",
                    territory="urban", probability=0.83)  # fmt: skip
    fields = {name: getattr(line, name) for name in SchoolLine.__dataclass_fields__}
    return SchoolLine(**{**fields, "assigned": (AssignedCategory("ШНОР", 2020, "приказ № 12-Д"),)})
