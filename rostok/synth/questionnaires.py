"""Official questionnaires of school context, 2021 and 2022, filled in for invented schools.

Headings are those of the forms (2021: one table of a region; 2022: two sheets). Columns with names, telephones
and addresses, which a reader must drop, hold invented values.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rostok.synth import context, places
from rostok.synth.children import STAYING_AFTER_9
from rostok.synth.layouts_gia import gia_codes
from rostok.synth.region import Region
from rostok.synth.workbooks import Cell, Sheet

_TOWN_SIZES = ("1. Менее 1 тыс. человек", "2. 1–5 тыс. человек", "3. 5–10 тыс. человек", "4. 10–50 тыс. человек",
               "5. 50–100 тыс. человек", "6. 100–450 тыс. человек", "7. 450–680 тыс. человек",
               "8. Более 680 тыс. человек")  # fmt: skip
_WHERE = ("1. Столица субъекта РФ", "2. Город (кроме столицы субъекта РФ)", "3. Поселок городского типа",
          "4. Населенный пункт сельского типа (село, хутор, деревня и пр.)")  # fmt: skip
_MANY = ("1.Почти все, значительное большинство", "2.Примерно половина", "3.Лишь некоторые родители")
_CLUBS = (
    "1. Более 80% обучающихся",
    "2. 50–80% обучающихся",
    "3. 20–50% обучающихся",
    "4. Менее 20% обучающихся",
)
_SPEEDS = ("до 25 Мбит/с", "26–50 Мбит/с", "51–100 Мбит/с", "более 100 Мбит/с")

_HEAD_2021 = (
    "логин", "Муниципалитет", "Организационно-правовая форма ОО", "Начальное общее образование",
    "Основное общее образование", "Среднее общее образование", "Среднее профессиональное образование",
    "Где расположена Ваша образовательная организация?",
    "Каков размер населенного пункта, в котором расположена ОО?",
    "Существует ли регулярное транспортное сообщение между Вашим населенным пунктом и ближайшим крупным городом "
    "(численностью более 100 000 человек)?",
    "ОО является специальной (коррекционной)?", "ОО является вечерней (сменной)?",
    "ОО является специальным учебно-воспитательным учреждением закрытого типа?", "ОО является школой-интернатом?",
    "Укажите количество обучающихся в ОО в 2020/2021 учебном году (в сумме по всем классам)",
)  # fmt: skip
_TEACHERS_2021 = (
    "Сколько всего в школе учителей (работающих не менее чем на 0,5 ставки)?",
    "Сколько в школе учителей высшей категории (работающих не менее чем на 0,5 ставки)?",
    "Сколько в школе учителей (работающих не менее чем на 0,5 ставки) не старше 30 лет?",
    "Сколько в школе учителей (работающих не менее чем на 0,5 ставки), достигших пенсионного возраста (имеющих право "
    "на пенсию по возрасту, а не по педагогическому стажу)?",
    "Сколько в школе учебных классов (кабинетов), в которых проходят занятия?",
    "В скольких из них рабочее место учителя оборудовано компьютером?",
    "В скольких учебных классах, кабинетах есть проектор и/или интерактивная доска?",
    "Сколько компьютеров обучающиеся могут использовать в процессе обучения (включая компьютеры в компьютерном "
    "классе, других учебных классах, библиотеке)?",
    "Сколько из этих компьютеров являются маломощными, устаревшими, требующими замены или переоснащения?",
    "Сколько из этих компьютеров имеют доступ к сети Интернет (вне зависимости от того, проводной интернет или Wi-Fi)?",
    "Скорость Интернета, заявленная Интернет-провайдером (указанная в договоре с Интернет-провайдером)? Выберите "
    "вариант из выпадающего списка",
    "Как вы оцениваете вовлеченность обучающхся в школьную систему дополнительного образования? В школьные кружки, "
    "секции, студии и т.д. посещают...",
    "В классах начальной школы", "В классах основной школы",
    "Исходя из имеющегося опыта, как много родителей обучающихся обычно откликаются на приглашение и приходят в "
    "качестве зрителей на общешкольное мероприятие (например, день рождения школы, театральная постановка силами "
    "обучающихся, спортивные соревнования и т.д.)?",
    "Исходя из имеющегося опыта, как много родителей обучающихся готовы оказать посильную деятельностную помощь, "
    "принять участие в проведении общешкольных мероприятий (например, субботник, семейные спортивные соревнования и "
    "т.д.)?",
)  # fmt: skip


def path(year: int) -> str:
    return f"Сбор контекстных данных об ОО и участниках ВПР {year}.xlsx"


def _pupils_of_grade(region: Region, grade: int) -> np.ndarray:
    """Pupils of a grade as a head teacher would count them; 0 where it is not taught."""
    schools = region.population.schools
    taught = (schools.lowest <= grade) & (grade <= schools.highest)
    share = STAYING_AFTER_9 if grade > 9 else 1.0
    return np.where(taught, np.maximum(1, np.rint(schools.size * share)), 0).astype(int)


def _yes(answer: bool) -> str:
    return "Да" if answer else "Нет"


def _level(value: float, answers: tuple[str, ...]) -> str:
    """An answer of an ordered list; ``value`` 0–1, 0 is the first."""
    return answers[min(int(value * len(answers)), len(answers) - 1)]


def _place(region: Region, school: int) -> tuple[str, str]:
    """Where the school stands and how large the place is."""
    schools = region.population.schools
    if not schools.urban[school]:
        return _WHERE[3], _TOWN_SIZES[0 if schools.size[school] < 15 else 1]
    return (_WHERE[0], _TOWN_SIZES[6]) if schools.municipality[school] == 0 else (_WHERE[1], _TOWN_SIZES[3])


def write_2021(region: Region) -> list[Sheet]:
    """The 2021 questionnaire: one row per school."""
    schools = region.population.schools
    grades = [_pupils_of_grade(region, grade) for grade in range(1, 13)]
    header: list[Cell] = [*_HEAD_2021]
    for grade in range(1, 13):
        header += [f"{grade} класс Классов/групп", f"{grade} класс Обучающихся"]
    header += _TEACHERS_2021
    teachers = context.values(region.population, 2021)["share_teachers_highest_category"]
    names, rng = region.municipalities.names, region.population.rng("questionnaire", 2021)
    rows: list[list[Cell]] = [header]
    for school, key in enumerate(schools.keys):
        pupils = [int(grade[school]) for grade in grades]
        where, size = _place(region, school)
        row: list[Cell] = [
            f"sch{key}", names[int(schools.municipality[school])], "2. Муниципальная", "Да",
            _yes(schools.highest[school] >= 9), _yes(schools.highest[school] >= 11), "Нет", where, size,
            "1. Да, есть прямые рейсы, не требующие пересадок", "Нет", "Нет", "Нет", "Нет", sum(pupils),
        ]  # fmt: skip
        for number in pupils:
            row += [-(-number // 26), number] if number else ["", ""]
        row += _teaching(sum(pupils), float(teachers[school]), float(schools.context[school]), rng)
        rows.append(row)
    return [Sheet("Sheet1", rows)]


def _teaching(pupils: int, highest: float, standing: float, rng: np.random.Generator) -> list[Cell]:
    """Teachers, rooms, computers and parents of a school of ``pupils``."""
    teachers = max(3, round(pupils / 13))
    rooms = max(4, round(pupils / 16))
    computers = max(3, round(pupils * rng.uniform(0.08, 0.2)))
    better = float(np.clip(0.5 + 0.25 * standing + rng.normal(0, 0.15), 0, 0.999))
    come = round(100 * (0.45 + 0.5 * better))
    return [teachers, round(teachers * highest), round(teachers * rng.uniform(0.1, 0.25)),
            round(teachers * rng.uniform(0.15, 0.3)), rooms, round(rooms * 0.9), round(rooms * (0.4 + 0.5 * better)),
            computers, round(computers * (0.6 - 0.5 * better)), computers, _level(better, _SPEEDS),
            _level(1 - better, _CLUBS), come, max(20, come - 15), _level(1 - better, _MANY),
            _level(1 - better, _MANY)]  # fmt: skip


_GENERAL_2022 = (
    "Пользователь", "Код региона", "Регион", "Муниципалитет", "Школа", "Дата загрузки", "Полное наименование ОО",
    "Краткое наименование ОО", "ФИО директора", "Контактный телефон", "Адрес электронной почты", "ИНН", "Код ОГЭ",
    "Код ЕГЭ", "Организационно-правовая форма ОО", "Почтовый индекс", "Адрес",
    "Где расположена Ваша образовательная организация?", "Каков размер населенного пункта, в котором расположена ОО?",
)  # fmt: skip
_TEACHING_2022 = (
    "Пользователь", "Школа", "Укажите количество обучающихся в ОО в 2021/2022 учебном году (в сумме по всем классам)",
    "Сколько всего в школе учителей (работающих не менее чем на 0,5 ставки)?",
    "Сколько в школе учителей, работающих в 5–9 классах?", "Сколько в школе учителей первой категории?",
    "Сколько в школе учителей высшей категории?",
)  # fmt: skip


def write_2022(region: Region) -> list[Sheet]:
    """The 2022 questionnaire: «Общая информация об ОО» and «ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО»."""
    schools, towns = region.population.schools, region.municipalities
    grades = [_pupils_of_grade(region, grade) for grade in range(1, 12)]
    highest = context.values(region.population, 2022)["share_teachers_highest_category"]
    general: list[list[Cell]] = [list(_GENERAL_2022)]
    teaching: list[list[Cell]] = [list(_TEACHING_2022)]
    for school, (key, code) in enumerate(zip(schools.keys, gia_codes(region), strict=True)):
        town = int(schools.municipality[school])
        login = f"edu{key}"
        called = f"{login} | {schools.names[school]}"
        where, size = _place(region, school)
        general.append([
            login, region.region_code, f"reg{region.region_code}0000 | {places.REGION_NAME}",
            f"{towns.codes[town]} | {towns.names[town]}", called, "01.04.2022", schools.names[school],
            schools.names[school], " ".join(places.person(school)), "+7 000 000-00-00", f"{login}@example.org",
            "0000000000", code, code, "2. Муниципальная", "000000", schools.settlements[school], where, size,
        ])  # fmt: skip
        pupils = sum(int(grade[school]) for grade in grades)
        teachers = max(3, round(pupils / 13))
        best = round(teachers * float(highest[school]))
        teaching.append(
            [login, called, pupils, teachers, round(teachers * 0.6), (teachers - best) // 2, best]
        )
    return [Sheet("Общая информация об ОО", general), Sheet("ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО", teaching)]


BY_YEAR: dict[int, Callable[[Region], list[Sheet]]] = {2021: write_2021, 2022: write_2022}
