"""The questions of the official context questionnaires that are read, and the codes their answers get.

A question is recognised by words of its heading, because forms differ in numbering and line breaks. Contact
data stand in none of them. The list is printed in ``docs/manual/formats-other.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rostok.wording import N_


class Answer(StrEnum):
    """How an answer is written and what becomes of it."""

    COUNT = "count"  # a whole number
    PERCENT = "percent"  # 0–100 → share
    YES_NO = "yes_no"  # Да/Нет → 1/0
    LEVEL = "level"  # the number in front of the option, in the order of the form
    SPEED = "speed"  # options without numbers, in order of speed


UNITS = {
    Answer.COUNT: "count",
    Answer.PERCENT: "share",
    Answer.YES_NO: "yes_no",
    Answer.LEVEL: "level",
    Answer.SPEED: "level",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question: ``code`` may hold ``{0}``, the number found in the heading (a grade, a year of birth)."""

    code: str
    pattern: str
    answer: Answer
    meaning: str

    def code_for(self, name: str) -> str | None:
        """The code for a heading, None where the heading is of another question."""
        found = re.search(self.pattern, name)
        return None if found is None else self.code.format(*found.groups())


def _q(code: str, pattern: str, answer: Answer, meaning: str) -> Question:
    return Question(code, pattern, answer, meaning)


_C, _P, _Y, _L = Answer.COUNT, Answer.PERCENT, Answer.YES_NO, Answer.LEVEL

# The first question whose words a heading holds takes it.
QUESTIONS: tuple[Question, ...] = (
    _q("legal_form", r"организационно-правовая форма", _L,
       N_("форма: 1 — государственная, 2 — муниципальная, 3 — частная (варианты не упорядочены)")),
    _q("has_primary", r"^начальное общее образование", _Y, N_("есть начальное общее образование")),
    _q("has_basic", r"^основное общее образование", _Y, N_("есть основное общее образование")),
    _q("has_secondary", r"^среднее общее образование", _Y, N_("есть среднее общее образование")),
    _q("has_vocational", r"^среднее профессиональное образование", _Y, N_("есть среднее профессиональное образование")),
    _q("settlement_type", r"где расположена", _L,
       N_("населённый пункт: 1 — столица региона, 2 — город, 3 — городского типа, 4 — сельского типа")),
    _q("settlement_size", r"размер населенного пункта", _L,
       N_("размер населённого пункта: 1 — менее 1 тыс. … 8 — более 680 тыс. жителей")),
    _q("transport_link", r"существует ли регулярное транспортное сообщение", _L,
       N_("сообщение с крупным городом: 1 — прямое … 4 — нет")),
    _q("transport_frequency", r"с какой периодичностью", _L,
       N_("частота сообщения: 1 — несколько раз в день … 4 — раз в неделю или реже")),
    _q("transport_reach", r"возможности добраться|транспортн\w+ доступност\w+", _L,
       N_("доступность крупного города: 1 — ежедневно … 4 — затруднительно")),
    _q("correctional", r"\(коррекционной\)", _Y, N_("специальная (коррекционная)")),
    _q("evening", r"вечерней", _Y, N_("вечерняя (сменная)")),
    _q("closed_type", r"закрытого типа", _Y, N_("учреждение закрытого типа")),
    _q("penal", r"при учреждении, исполняющем наказание", _Y, N_("при учреждении, исполняющем наказание")),
    _q("boarding", r"школой-интернатом", _Y, N_("школа-интернат")),
    _q("classes_grade_{0}", r"^(\d{1,2}) класс\W* класс", _C, N_("классов в параллели (1–12)")),
    _q("pupils_grade_{0}", r"^(\d{1,2}) класс\W* обучающ", _C, N_("обучающихся в параллели (1–12)")),
    _q("pupils_born_{0}", r"обучающихся (20\d\d) года рождения", _C, N_("обучающихся этого года рождения")),
    _q("pupils", r"(?:количество|число|численность) обучающихся", _C, N_("обучающихся всего")),
    _q("teachers_grades_5_9", r"учителей.*5\s*[-–—]\s*9", _C, N_("учителей в 5–9 классах")),
    _q("teachers_top_category", r"учителей.*высш\w+ (?:квалификационн\w+ )?категори", _C, N_("учителей высшей категории")),
    _q("teachers_first_category", r"учителей.*перв\w+ (?:квалификационн\w+ )?категори", _C, N_("учителей первой категории")),
    _q("teachers_under_31", r"учителей.*не старше 30 лет", _C, N_("учителей не старше 30 лет")),
    _q("teachers_pension_age", r"учителей.*пенсионного возраста", _C, N_("учителей пенсионного возраста")),
    _q("teachers", r"(?:сколько|всего|количество|число).*учителей", _C, N_("учителей всего (не менее чем на полставки)")),
    _q("courses_up_to_36", r"длительностью не более 36", _C, N_("прошли курсы до 36 часов")),
    _q("courses_36_to_72", r"длительностью более 36", _C, N_("прошли курсы от 36 до 72 часов")),
    _q("courses_over_72", r"длительностью более 72", _C, N_("прошли курсы более 72 часов")),
    _q("after_courses_methodists", r"сопровождает методслужба", _Y, N_("после курсов сопровождает методслужба")),
    _q("after_courses_colleagues", r"делятся опытом", _Y, N_("после курсов делятся опытом с коллегами")),
    _q("after_courses_lessons", r"отрабатывают полученные навыки", _Y, N_("после курсов отрабатывают навыки на уроках")),
    _q("after_courses_nothing", r"^никак$", _Y, N_("после курсов никак не сопровождают")),
    _q("classrooms_with_computer", r"рабочее место учителя оборудовано", _C, N_("кабинетов с компьютером учителя")),
    _q("classrooms_with_projector", r"есть проектор", _C, N_("кабинетов с проектором или доской")),
    _q("classrooms", r"учебных классов \(кабинетов\)", _C, N_("учебных кабинетов")),
    _q("computers_outdated", r"компьютеров являются маломощными", _C, N_("устаревших компьютеров")),
    _q("computers_online", r"компьютеров имеют доступ", _C, N_("компьютеров с интернетом")),
    _q("computers", r"сколько компьютеров обучающиеся", _C, N_("компьютеров для обучающихся")),
    _q("internet_speed", r"скорость интернета", Answer.SPEED,
       N_("интернет: 0 — нет, 1 — до 25, 2 — 26–50, 3 — 51–100, 4 — более 100 Мбит/с")),
    _q("clubs_level", r"вовлеченность обуча\w+ в школьную систему дополнительного", _L,
       N_("в кружках: 1 — более 80 % … 4 — менее 20 % обучающихся")),
    _q("career_way", r"как обычно реализуется профориентационная", _L,
       N_("профориентация: 1 — с партнёрами, 2 — силами школы")),
    _q("career_class_hours", r"^рассказ о профессиях", _Y, N_("рассказы о профессиях")),
    _q("career_meetings", r"^беседы с представителями", _Y, N_("беседы с представителями профессий")),
    _q("career_lectures", r"^лекции сотрудников", _Y, N_("лекции специалистов")),
    _q("career_tests", r"^психологические тестирования", _Y, N_("тестирования")),
    _q("career_visits", r"^экскурсии в организации", _Y, N_("экскурсии на предприятия")),
    _q("career_projects", r"^участие в профориентационных проектах", _Y, N_("профориентационные проекты")),
    _q("career_practice", r"^практика на предприятиях", _Y, N_("практика на предприятиях")),
    _q("parents_at_meetings_primary", r"^в классах начальной школы", _P, N_("родителей на собраниях, начальная школа")),
    _q("parents_at_meetings_basic", r"^в классах основной школы", _P, N_("родителей на собраниях, основная школа")),
    _q("parents_at_meetings_secondary", r"^в классах средней школы", _P, N_("родителей на собраниях, средняя школа")),
    _q("parents_at_events", r"откликаются на приглашение", _L,
       N_("родители на мероприятиях: 1 — почти все, 2 — половина, 3 — некоторые")),
    _q("parents_helping", r"готовы оказать посильную", _L,
       N_("родители помогают: 1 — почти все, 2 — половина, 3 — некоторые")),
    _q("adapted_programmes_{0}", r"^17\.([1-4])\b", _Y, N_("адаптированные программы, вопросы 17.1–17.4 формы 2022 года")),
    _q("advanced_study_{0}", r"^19\.([1-4])\b", _Y, N_("углублённое изучение, вопросы 19.1–19.4 формы 2022 года")),
)  # fmt: skip

# Asked right after a year of birth and counted under its code: ``pupils_born_2005_adapted``.
ADAPTED = _q("{0}_adapted", r"^из них .*(?:адаптированн|овз)", _C, N_("из них по адаптированным программам"))

RURAL = "rural"
RURAL_SETTLEMENT = 4  # the last option of «Где расположена …»

# Headings of the block on subjects: the form does not say what the numbers under them mean.
WITHOUT_MEANING = frozenset(
    {
        "русский язык", "иностранный язык", "математика", "биология", "химия", "физика", "информатика", "история",
        "география", "литература", "обществознание",
    }
)  # fmt: skip

_SPEEDS = (
    (re.compile(r"отсутствует|нет"), 0),
    (re.compile(r"более 100|свыше 100"), 4),
    (re.compile(r"51\s*[-–—]\s*100"), 3),
    (re.compile(r"26\s*[-–—]\s*50"), 2),
    (re.compile(r"до 25"), 1),
)
_OPTION = re.compile(r"^(\d{1,2})\s*[.)]\s*\D")


def speed_level(text: str) -> int | None:
    """Level of an option about the internet, slowest first; None for no option."""
    return next((level for pattern, level in _SPEEDS if pattern.search(text)), None)


def option_level(text: str) -> int | None:
    """The number in front of an option; None where there is none.

    >>> option_level("2.Примерно половина"), option_level("4. 10–50 тыс. человек"), option_level("иное")
    (2, 4, None)
    """
    found = _OPTION.match(text)
    return int(found[1]) if found else None
