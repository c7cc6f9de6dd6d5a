"""Words that stand in data and in methodologies, for people: kinds of school, categories, short sources.

They are values: files keep them as they are, and only what is shown is put into the reader's language. A word that
is not known here is shown as it was written.
"""

from __future__ import annotations

from rostok.wording.messages import N_, gettext

_KINDS = (
    N_("НОШ"), N_("ООШ"), N_("СОШ"), N_("гимназия"), N_("лицей"), N_("школа-интернат"), N_("вечерняя школа"),
    N_("коррекционная школа"), N_("другое"),
)  # fmt: skip
_CATEGORIES = (
    N_("ШНОР"), N_("зона риска"), N_("результаты уже ниже порога"), N_("школа «роста»"), N_("устойчиво низкие результаты"),
    N_("благополучная"), N_("условно благополучная"), N_("резильентная"), N_("неблагополучная"),
    N_("цель роста достигнута"), N_("цель роста не достигнута"),
)  # fmt: skip
_SOURCES = (
    N_("решение «Ростка»"), N_("как в federal-low-results"), N_("практика регионов с 2020 года"),
    N_("«предыдущие два года» в практике регионов"), N_("«за последние три года» в документах идентификации"),
    N_("степень обученности по Симонову"), N_("подобрано по семи школам"), N_("достроено «Ростком»"),
    N_("«средний уровень обученности» в протоколе"), N_("рекомендации ФИОКО по анализу ВПР 2026 года"),
    N_("материалы муниципалитета (снижение на 50–60 % при переходе из начальной школы)"),
    N_("Общее знание; документа 2021 года нет"), N_("Общее знание; документа 2022 года нет"),
    N_("Те же границы, что в 2023 году, по общему знанию; рекомендаций 2021 года нет"),
    N_("Те же границы, что в 2023 году, по общему знанию; рекомендаций 2022 года нет"),
    N_("команда «Ростка»"), N_("не проверено"), N_("опубликованные выводы о 6 194 школах"),
)  # fmt: skip
KNOWN = frozenset((*_KINDS, *_CATEGORIES, *_SOURCES))

BETWEEN = " / "  # categories of a school that several lists name


def label(text: str) -> str:
    """The word as it is shown; several joined by `` / `` are shown one by one.

    >>> label("лицей"), label("неблагополучная / резильентная"), label("Школа юных"), label("")
    ('лицей', 'неблагополучная / резильентная', 'Школа юных', '')
    """
    return BETWEEN.join(gettext(one) if one in KNOWN else one for one in text.split(BETWEEN))
