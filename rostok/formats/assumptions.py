"""What the user says of the input where files do not: ``--assume FIELD=VALUE``.

An assumption answers only what the content, the name and the path leave open or contradict; it is never
needed where they agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rostok.schema.assessments import Kind, Subject, Wave
from rostok.wording import gettext

FIELDS = ("kind", "year", "subject", "grade", "wave", "school", "region", "codes")


class Codes(StrEnum):
    """What the codes of schools in exams are: ``login`` = the digits of logins of ФИС ОКО, one numbering for both."""

    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Values given by the user; None = not given."""

    kind: Kind | None = None
    year: int | None = None
    subject: Subject | None = None
    grade: int | None = None
    wave: Wave | None = None
    school: str | None = None
    region: str | None = None
    codes: Codes | None = None

    def __post_init__(self) -> None:
        if self.year is not None and not 2000 <= self.year <= 2100:
            raise ValueError(gettext("год — от 2000 до 2100, а не {value}", value=self.year))
        if self.grade is not None and not 1 <= self.grade <= 12:
            raise ValueError(gettext("класс — от 1 до 12, а не {value}", value=self.grade))

    @classmethod
    def parse(cls, options: Iterable[str]) -> Assumptions:
        """From ``FIELD=VALUE`` texts; ValueError with a sentence for people names what is wrong.

        >>> Assumptions.parse(["subject=math", "grade=5"]).grade
        5
        """
        given: dict[str, Any] = {}
        for option in options:
            field, _, value = option.partition("=")
            field, value = field.strip().lower(), value.strip()
            if field not in FIELDS or not value:
                raise ValueError(
                    gettext(
                        "--assume {option}: ожидается ПОЛЕ=ЗНАЧЕНИЕ, поля: {fields}",
                        option=option,
                        fields=", ".join(FIELDS),
                    )
                )
            given[field] = _typed(field, value)
        return cls(**given)


def _typed(field: str, value: str) -> object:
    if field in {"year", "grade"}:
        if not value.isdecimal():
            raise ValueError(gettext("--assume {field}: «{value}» не целое число", field=field, value=value))
        return int(value)
    words: dict[str, type[Kind] | type[Subject] | type[Wave] | type[Codes]] = {
        "kind": Kind,
        "subject": Subject,
        "wave": Wave,
        "codes": Codes,
    }
    if field not in words:
        return value
    allowed = [str(word) for word in words[field]]
    if value.lower() not in allowed:
        raise ValueError(
            gettext(
                "--assume {field}: «{value}» неизвестно, возможно: {options}",
                field=field,
                value=value,
                options=", ".join(allowed),
            )
        )
    return words[field](value.lower())
