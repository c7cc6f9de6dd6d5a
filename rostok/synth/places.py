"""Names that cannot be real: every settlement and municipality carries the word «вымышленный».

The stems are ordinary landscape words; the mark at the end, not rarity, is what keeps a name from being
taken for a real place.
"""

from __future__ import annotations

_FIRST = (
    "Ясно", "Тихо", "Светло", "Медово", "Звонко", "Сине", "Дально", "Ветро", "Снего", "Травно",
    "Рябино", "Камне", "Песчано", "Солнце", "Туманно",
)  # fmt: skip
_SECOND = ("горье", "речье", "полье", "лесье", "озёрье", "долье", "морье", "боровье", "холмье", "лужье")
_SURNAMES = ("Вымышленов", "Несуществуев", "Придуманов", "Примеров", "Образцов-Пробный", "Выдумкин")
_GIVEN = ("Альфа", "Бета", "Гамма", "Дельта", "Каппа", "Лямбда", "Сигма", "Омега")
_PATRONYMIC = ("Тестович", "Примерович", "Пробович", "Образцович")

REGION_NAME = "Вымышленный край"


def settlement(number: int) -> str:
    """The name of settlement ``number`` (from 0); repeats get a numeral.

    >>> settlement(0), settlement(150)
    ('Ясногорье-Вымышленное', 'Ясногорье-Вымышленное-2')
    """
    turn, place = divmod(number, len(_FIRST) * len(_SECOND))
    first, second = (
        _FIRST[place % len(_FIRST)],
        _SECOND[(place % len(_FIRST) + place // len(_FIRST)) % len(_SECOND)],
    )
    return f"{first}{second}-Вымышленное" + (f"-{turn + 1}" if turn else "")


def municipality(number: int, *, urban: bool) -> str:
    """The name of municipality ``number`` (from 0).

    >>> municipality(0, urban=True), municipality(1, urban=False)
    ('Вымышленный городской округ Ясногорье', 'Тихоречье-Вымышленный район')
    """
    stem = settlement(number).replace("-Вымышленное", "")
    return f"Вымышленный городской округ {stem}" if urban else f"{stem}-Вымышленный район"


def school(number: int, kind: str, *, urban: bool, place: str) -> str:
    """The name of a school by its number, kind and place."""
    town = "города" if urban else "посёлка"
    noun = {"гимназия": "Гимназия", "лицей": "Лицей"}.get(kind, "Школа")
    return f"{noun} № {number} {town} {place}"


def person(number: int) -> tuple[str, str, str]:
    """Surname, name and patronymic of an invented person, for columns that a reader must drop."""
    return (
        _SURNAMES[number % len(_SURNAMES)],
        _GIVEN[number // 7 % len(_GIVEN)],
        _PATRONYMIC[number // 5 % len(_PATRONYMIC)],
    )
