"""The data section: files read, and problems grouped by code with the first places of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rostok.reports.model import FileLine, FileState, Report
from rostok.schema.problems import Problem, Severity
from rostok.wording import DASH, N_, gettext, integer, ngettext

PLACES = 5  # of one problem on the page; all of them stand in problems.csv
MAX_FILES = 500


@dataclass(frozen=True, slots=True)
class FileView:
    """One input file."""

    name: str
    contents: str
    rows: str
    participants: str
    schools: str


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All problems of one code; ``title`` says what they have in common."""

    code: str
    title: str
    severity: str
    css: str
    count: str
    places: tuple[tuple[str, str], ...]  # where, sentence
    more: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DataView:
    """Files and problems."""

    lead: str
    files: tuple[FileView, ...]
    more_files: str
    problems_lead: str
    problems: tuple[ProblemGroup, ...]


def file_view(line: FileLine) -> FileView:
    """A file in words."""
    states = {FileState.IGNORED: gettext("не читался"), FileState.REPEATED: gettext("повтор, учтён один раз")}
    contents = states.get(line.state, line.contents or line.layout or DASH)
    read = line.state is FileState.READ
    return FileView(
        line.name,
        contents,
        integer(line.rows) if read else DASH,
        integer(line.participants),
        integer(line.schools),
    )


def place(problem: Problem) -> str:
    """Where it was found: «файл, лист «Протокол», строка 214»."""
    parts = [problem.file] if problem.file else []
    if problem.sheet:
        parts.append(gettext("лист «{sheet}»", sheet=problem.sheet))
    if problem.row is not None:
        parts.append(gettext("строка {row}", row=integer(problem.row)))
    return ", ".join(parts) or DASH


# «Строка {row}: », “Row {row}, ”: on the page the place names the row.
_ROW = re.compile(r"^\w+ \{row\}[:,] ")
# As a page may say it: codes of pupils stay in ``problems.csv``.
_ON_THE_PAGE = {"pupil-doubled": N_("Код участника повторяется в школе {school}: строк {times}.")}


def _template(problem: Problem) -> str:
    """The sentence in the current language, with its placeholders and without the row."""
    rest = _ROW.sub("", gettext(_ON_THE_PAGE.get(problem.code, problem.kind.sentence)))
    return rest[:1].upper() + rest[1:]


def sentence(problem: Problem) -> str:
    """What is wrong, as a page may say it beside the place."""
    return _template(problem).format(**problem.said)


def common(problems: Sequence[Problem], template: str) -> str:
    """What ``template`` says of all of them: «…» where they differ."""
    every = [problem.said for problem in problems]
    shared = {
        name: value if all(one.get(name) == value for one in every) else "…"
        for name, value in every[0].items()
    }
    said = template.format(**{**shared, "count": integer(total(problems))})
    return said.replace("….", "…")  # a sentence that ends in a gap has ended


def severity_word(severity: Severity) -> str:
    """The severity in a word."""
    return {
        Severity.ERROR: gettext("ошибка"),
        Severity.WARNING: gettext("замечание"),
        Severity.NOTICE: gettext("к сведению"),
    }[severity]


def grouped(problems: Sequence[Problem]) -> list[tuple[str, list[Problem]]]:
    """Problems by code: errors, then warnings, then notices; within each the most frequent first."""
    by_code: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_code[problem.code].append(problem)
    severities = list(Severity)

    def key(item: tuple[str, list[Problem]]) -> tuple[int, int, str]:
        return (severities.index(item[1][0].severity), -total(item[1]), item[0])

    return sorted(by_code.items(), key=key)


def total(problems: Sequence[Problem]) -> int:
    """How many times it was met: a problem may stand for many."""
    return sum(problem.count for problem in problems)


def _times(problems: Sequence[Problem]) -> str:
    """How often, where the sentence itself does not say so."""
    times = total(problems)
    if times < 2 or "{count}" in problems[0].kind.sentence:
        return ""
    return gettext("всего {n}", n=integer(times))


def _group(code: str, problems: Sequence[Problem]) -> ProblemGroup:
    shown = problems[:PLACES]
    left = total(problems) - total(shown)
    return ProblemGroup(
        code,
        common(problems, _template(problems[0])),
        severity_word(problems[0].severity),
        str(problems[0].severity),
        _times(problems),
        tuple((place(problem), sentence(problem)) for problem in shown),
        gettext("Ещё {n}: в problems.csv.", n=integer(left)) if left > 0 else "",
        common(problems, gettext(problems[0].kind.remedy)),
    )


def _lead(report: Report) -> str:
    read = [line for line in report.files if line.state is FileState.READ]
    rows = sum(line.rows for line in read)
    files = ngettext("Прочитан {n} файл", "Прочитано {n} файлов", len(read))
    lines = ngettext("{count} строка", "{count} строк", rows, count=integer(rows))
    return f"{files}, {lines}."


def present(report: Report) -> DataView:
    """The section of files and problems."""
    more = len(report.files) - MAX_FILES
    groups = tuple(_group(code, problems) for code, problems in grouped(report.problems))
    return DataView(
        _lead(report),
        tuple(file_view(line) for line in report.files[:MAX_FILES]),
        gettext("Ещё {n} файлов — в run.json.", n=integer(more)) if more > 0 else "",
        gettext("Ни одна строка не пропала молча: каждое отклонение обработано по правилу и названо здесь.")
        if groups
        else gettext("Замечаний нет."),
        groups,
    )
