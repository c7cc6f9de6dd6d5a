"""What can be wrong with input, as data: code, where, value, a sentence for people, a remedy.

Every problem the platform can report stands in ``CATALOGUE``; raising or collecting one with a code that is
not there fails at once. Three severities: ``error`` stops the whole job before anything is written,
``warning`` is a row or a table that was handled by a stated rule, ``notice`` tells what was left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rostok.schema.cluster_problems import CLUSTER_KINDS
from rostok.schema.context_problems import CONTEXT_KINDS
from rostok.schema.growth_problems import GROWTH_KINDS
from rostok.schema.item_problems import ITEM_KINDS
from rostok.schema.model_problems import MODEL_KINDS
from rostok.schema.problem_kinds import ProblemKind, Severity
from rostok.wording import N_, gettext

__all__ = ["CATALOGUE", "InputRefused", "Problem", "ProblemKind", "Severity"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``row`` counts from 1 as a spreadsheet shows it; ``values`` fill the sentence.

    ``count`` above 1 says the same finding was met that many times and only the first place is given.
    """

    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    count: int = 1

    def __post_init__(self) -> None:
        if self.code not in CATALOGUE:
            raise ValueError(f"problem code {self.code!r} is not in the catalogue")

    @property
    def kind(self) -> ProblemKind:
        return CATALOGUE[self.code]

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    @property
    def said(self) -> Mapping[str, object]:
        """What fills the placeholders of the sentence and the remedy."""
        return {"file": self.file, "sheet": self.sheet, "row": self.row, "column": self.column,
                "value": self.value, "count": self.count, **self.values}  # fmt: skip

    def _fill(self, message: str) -> str:
        return gettext(message, **self.said)

    @property
    def sentence(self) -> str:
        return self._fill(self.kind.sentence)

    @property
    def remedy(self) -> str:
        return self._fill(self.kind.remedy)


class InputRefused(Exception):  # noqa: N818 - reads as a statement where it is raised
    """The input cannot be used; carries the problems, of which at least one is an error."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(
            "; ".join(problem.sentence for problem in problems if problem.severity is Severity.ERROR)
        )

    def __reduce__(self) -> tuple[type[InputRefused], tuple[tuple[Problem, ...]]]:
        # An exception travels between processes by its arguments; the text above is not what it is made from.
        return type(self), (self.problems,)


E, W, I = Severity.ERROR, Severity.WARNING, Severity.NOTICE  # noqa: E741 - columns of the table below

_KINDS = (
    # --- files
    ProblemKind("file-missing", E, N_("Файл или папка «{file}» не найдены."), N_("Проверьте путь.")),
    ProblemKind("file-empty", E, N_("Файл «{file}» пуст (0 байт)."), N_("Выгрузите его заново.")),
    ProblemKind("file-not-workbook", E, N_("Файл «{file}» назван книгой, но книгой не является."),
                N_("Откройте файл в программе, где он сделан, и сохраните как XLSX.")),
    ProblemKind("file-protected", E, N_("Файл «{file}» закрыт паролем."),
                N_("Снимите пароль и сохраните копию.")),
    ProblemKind("file-damaged", E, N_("Файл «{file}» повреждён и не читается: {detail}."),
                N_("Скачайте или выгрузите его заново.")),
    ProblemKind("file-encoding", E, N_("Файл «{file}»: кодировка не похожа ни на UTF-8, ни на Windows-1251."),
                N_("Сохраните файл как CSV UTF-8.")),
    ProblemKind("archive-damaged", E, N_("Архив «{file}» повреждён или обрезан."), N_("Скачайте его заново.")),
    ProblemKind("archive-protected", E, N_("Архив «{file}» закрыт паролем."), N_("Распакуйте его и укажите папку.")),
    ProblemKind("archive-too-large", E, N_("Архив «{file}» разворачивается в {size} — больше допустимых {limit}."),
                N_("Распакуйте его сами и укажите папку.")),
    ProblemKind("file-ignored", I, N_("Файл «{file}» не похож ни на один известный вид и не читался."),
                N_("Если это результаты, сверьте шапку с формами, описанными в руководстве. Иначе ничего делать не нужно.")),
    ProblemKind("file-repeated", I, N_("Файл «{file}» повторяет «{other}» слово в слово и учтён один раз."),
                N_("Ничего делать не нужно.")),
    ProblemKind("folder-nothing-usable", E, N_("В «{file}» нет ни одного файла с результатами."),
                N_("Укажите папку с выгрузками ВПР, протоколами ГИА или нашим обменным форматом.")),
    # --- tables
    ProblemKind("table-too-large", E,
                N_("Лист «{title}» книги «{file}» слишком велик: ячеек {cells}, допустимо {limit}."),
                N_("Удалите пустые строки и столбцы за таблицей или сохраните лист как CSV.")),
    ProblemKind("table-empty", E, N_("В файле «{file}» нет ни одной заполненной ячейки."),
                N_("Выгрузите его заново.")),
    ProblemKind("table-header-only", E, N_("В файле «{file}» есть шапка, но нет ни одной строки."),
                N_("Выгрузите результаты заново.")),
    ProblemKind("table-wrong-sheet", E, N_("В книге «{file}» нет листа «{expected}», есть: {found}."),
                N_("Сохраните форму, не переименовывая листов.")),
    ProblemKind("column-missing", E, N_("В файле «{file}» нет столбца «{column}»."),
                N_("Добавьте столбец или выгрузите файл заново.")),
    ProblemKind("pupils-unread", E,
                N_("Файл «{file}»: таблица об участниках со столбцами {columns} не похожа ни на одну известную форму."),
                N_("Приведите шапку к форме из руководства: для протокола ГИА нужны «Код ОО», «Первичный балл» и «Оценка» или «Итоговый балл». Если это не результаты, уберите файл.")),
    ProblemKind("school-unknown", E, N_("В файле «{file}» нет ни столбца со школой, ни логина школы в имени."),
                N_("Верните столбец с логином школы. Если в файле одна школа, добавьте её логин (edu…) в имя файла или укажите --assume school=ЛОГИН.")),
    ProblemKind("subject-unknown", E,
                N_("Файл «{file}»: ни в таблице, ни в имени файла, ни в пути нет известного предмета."),
                N_("Назовите предмет в имени файла («Математика, 6 класс») или укажите --assume subject=КОД. "
                   "Коды: {options}. Если предмет другой, уберите файл.")),
    ProblemKind("identity-unreadable", E, N_("Файл «{file}», строка {row}: «{value}» не годится для столбца {column}."),
                N_("Исправьте столбец: возможные значения перечислены в описании обменного формата.")),
    ProblemKind("attribute-ambiguous", E, N_("Файл «{file}»: не ясно, {what}: возможно {options}."),
                N_("Укажите --assume {option}=ЗНАЧЕНИЕ.")),
    ProblemKind("attribute-unknown", E, N_("Файл «{file}»: не найти, {what}."),
                N_("Добавьте это в имя файла или укажите --assume {option}=ЗНАЧЕНИЕ.")),
    ProblemKind("assumption-overruled", I,
                N_("Файл «{file}» сам говорит, {what}: {said}. К нему --assume {option}={assumed} не применялось."),
                N_("Если ошибается файл, исправьте его или его имя. Иначе ничего делать не нужно.")),
    ProblemKind("assessment-conflict", E,
                N_("«{file}» и «{other}» содержат разные результаты одной работы ({assessment}) для одних и тех же школ, "
                   "например {value}."),
                N_("Оставьте один из файлов.")),
    ProblemKind("schools-repeated", I,
                N_("«{file}» и «{other}» повторяют результаты одних и тех же школ ({assessment}), школ: {count}, "
                   "например {value}. Учтены один раз."),
                N_("Ничего делать не нужно.")),
    ProblemKind("items-differ", W,
                N_("Файл «{file}» описывает задания работы «{assessment}» иначе, чем большинство файлов."),
                N_("Итоги и отметки учтены, баллы за задания этого файла — нет. Проверьте год и предмет.")),
    ProblemKind("pupil-grade-differs", W,
                N_("Файл «{file}»: работу «{assessment}» писали в {grade} классе, а в большинстве файлов в {taken}."),
                N_("Взят класс большинства. Проверьте, та ли это волна.")),
    ProblemKind("scale-missing", W, N_("Для работы «{assessment}» нет шкалы: отметки не поставлены."),
                N_("Добавьте файл в scales/ с источником; до этого вывод по этой работе невозможен.")),
    ProblemKind("region-unknown", W, N_("У региона «{value}» нет своих шкал. Регионы, у которых они есть: {regions}."),
                N_("Взяты общие шкалы. Проверьте --assume region.")),
    ProblemKind("scale-unconfirmed", I, N_("Шкала работы «{assessment}» не подтверждена документом. {source}."),
                N_("Сверьте её с официальным описанием этого года.")),
    ProblemKind("scale-unfit", W,
                N_("Работа «{assessment}»: по заданиям файла максимум {found}, в шкале {expected}: отметки не поставлены."),
                N_("Проверьте год и предмет файла или добавьте шкалу этой работы в scales/.")),
    ProblemKind("items-unknown", W, N_("Файл «{file}»: столбцов с баллами {found}, а заданий в описании работы {expected}."),
                N_("Проверьте год и предмет. Лишние столбцы не учтены, итог оставлен.")),
    ProblemKind("item-heading-repeated", W, N_("Файл «{file}»: столбцы с баллами названы одинаково: {columns}."),
                N_("Баллы взяты по порядку столбцов, как задания в работе. Проверьте шапку: не пропущен ли номер.")),
    ProblemKind("columns-junk", W, N_("Файл «{file}»: не прочитаны столбцы, которых эта форма не знает: {columns}."),
                N_("Если в них баллы или показатели, сверьте шапку с руководством. Если это лишнее, ничего делать не нужно.")),
    # --- rows
    ProblemKind("row-no-school", W, N_("Строка {row}: не указана школа."), N_("Строка не учтена. Впишите логин школы.")),
    ProblemKind("row-empty-script", W, N_("Строка {row}: нет ни итога, ни одного балла."),
                N_("Строка не считается участником.")),
    ProblemKind("total-differs", W, N_("Строка {row}: итог {value}, сумма баллов {sum}."),
                N_("Итог оставлен. Проверьте строку.")),
    ProblemKind("total-missing", W, N_("Строка {row}: нет итога."), N_("Итогом взята сумма баллов ({sum}).")),
    ProblemKind("total-out-of-range", W, N_("Строка {row}: итог {value} вне пределов 0–{maximum}."),
                N_("Итог не учтён. Исправьте его.")),
    ProblemKind("item-above-maximum", W,
                N_("Строка {row}, столбец «{column}»: {value} больше максимума {maximum}."),
                N_("Балл за задание не учтён, итог оставлен. Проверьте файл и загрузите снова, если это опечатка.")),
    ProblemKind("item-not-attempted", I, N_("Не приступали к заданию («X»): {count}."),
                N_("Учтено как 0 баллов и посчитано отдельно.")),
    ProblemKind("item-not-taught", I, N_("Тема не пройдена («не пройд.»): {count}."),
                N_("Баллом не считается.")),
    ProblemKind("item-missing", I, N_("Пустых ячеек с баллами у участников: {count}."), N_("Считаются пропусками.")),
    ProblemKind("cell-not-a-number", W, N_("Строка {row}, столбец «{column}»: «{value}» не число."),
                N_("Значение не учтено. Исправьте ячейку.")),
    ProblemKind("cell-formula-error", W, N_("Строка {row}, столбец «{column}»: ошибка формулы {value}."),
                N_("Значение не учтено. Исправьте формулу.")),
    ProblemKind("cell-date", W, N_("Строка {row}, столбец «{column}»: дата «{value}» вместо числа."),
                N_("Значение не учтено. Верните ячейке числовой формат.")),
    ProblemKind("number-fraction", W, N_("Строка {row}, столбец «{column}»: {value} — дробное число, а должно быть целое."),
                N_("Значение не учтено: округлять за вас нельзя. Исправьте ячейку.")),
    ProblemKind("journal-mark-unreadable", W, N_("Строка {row}: отметка по журналу «{value}» не читается."),
                N_("Отметка не учтена.")),
    ProblemKind("columns-swapped", W, N_("Строка {row}: пол и отметка по журналу стоят в столбцах друг друга."),
                N_("Прочитаны по смыслу.")),
    ProblemKind("sex-unreadable", W, N_("Строка {row}: пол «{value}» не читается."), N_("Пол не учтён.")),
    ProblemKind("pupil-doubled", W, N_("Код участника {value} повторяется в школе {school}: строк {times}."),
                N_("Все строки учтены: филиалы повторяют коды. Проверьте, не внесён ли участник дважды.")),
    ProblemKind("absent-with-scores", W, N_("Строка {row}: «отсутствовал», но есть баллы."),
                N_("Считается отсутствовавшим.")),
    ProblemKind("mark-differs", W, N_("Строка {row}: в файле отметка {value}, по шкале {mark}."),
                N_("Взята отметка по шкале. Проверьте, тот ли год шкалы и нет ли у региона своей.")),
    ProblemKind("exam-mark-lowered", W, N_("Строка {row}: в протоколе отметка {value}, по сумме баллов {mark}."),
                N_("Взята отметка протокола: её объясняет условие сверх суммы (геометрия, грамотность), а баллов за него в файле нет.")),
    ProblemKind("exam-scale-missing", W, N_("Для работы «{assessment}» нет шкалы: отметок протокола без проверки — {marks}."),
                N_("Взяты отметки протокола. Добавьте шкалу в scales/ с источником, чтобы сверить их с баллами.")),
    ProblemKind("rows-absent", I, N_("Отсутствовали, строк: {count}."), N_("Не участники.")),
    # --- registers and tables of schools
    ProblemKind("school-repeated", W, N_("Школа {value} записана в реестре дважды по-разному."),
                N_("Взята первая запись.")),
    ProblemKind("value-repeated", W,
                N_("Школа {value}, {year} год: показатель «{column}» записан дважды по-разному."),
                N_("Взято первое значение по имени файла. Оставьте одно.")),
    ProblemKind("school-not-in-register", W, N_("Школа {value} есть в результатах, но нет в реестре."),
                N_("Результаты учтены. Добавьте школу в реестр.")),
    ProblemKind("value-out-of-range", W, N_("Строка {row}, столбец «{column}»: {value} вне пределов {limits}."),
                N_("Значение не учтено.")),
    ProblemKind("counts-inconsistent", W, N_("Строка {row}: отметок в сумме {sum}, а участников {value}."),
                N_("Строка не учтена. Исправьте числа.")),
    ProblemKind("personal-data-dropped", I, N_("Файл «{file}»: столбцы с личными данными ({columns}) не прочитаны."),
                N_("Ничего делать не нужно.")),
    ProblemKind("alias-ambiguous", W, N_("Строка {row}: код ГИА {value} уже записан у школы {other}, здесь — {school}."),
                N_("Оставлен первый. Исправьте код в реестре.")),
    ProblemKind("register-by-code", W, N_("Файл «{file}»: в реестре нет логинов, школы названы кодами ОО: {count}, например {value}."),
                N_("С протоколами ГИА такой реестр сойдётся, с результатами ВПР — нет: в них логины. Добавьте столбец «Логин», "
                   "а коды оставьте в «Код ГИА». Если это те же цифры, что в логинах, укажите --assume codes=login.")),
    ProblemKind("alias-missing", W, N_("Файл «{file}»: кодов ОО, которых нет среди кодов ГИА реестра, — {count} ({value})."),
                N_("Их результаты учтены отдельными школами. Добавьте в реестр столбец «Код ОГЭ», «Код ЕГЭ» или «Код ГИА»; "
                   "если в регионе коды ГИА — те же цифры, что в логинах, укажите --assume codes=login.")),
    ProblemKind("exam-subject-skipped", W, N_("Протокол «{file}»: предмет «{value}» не читается платформой."),
                N_("Протокол не учтён. Если код записан неверно, исправьте заголовок или scales/subject_codes.yaml.")),
    ProblemKind("exam-mark-missing", W, N_("Строка {row}: в протоколе нет отметки."),
                N_("Отметка взята по сумме баллов; условия сверх суммы (геометрия, грамотность) по ней не проверить.")),
    ProblemKind("exam-weights-unknown", I, N_("Файл «{file}»: баллы за задания с кратким ответом в протоколе не названы."),
                N_("Знак «+» записан как 1 балл, сумма заданий с итогом не сверялась. Итог взят из протокола.")),
    ProblemKind("answers-unreadable", W, N_("Строка {row}: ответы в столбце «{column}» не читаются."),
                N_("Баллы за задания не учтены, итог оставлен.")),
    ProblemKind("columns-without-meaning", I, N_("Файл «{file}»: столбцы {columns} не прочитаны: что значат числа, в форме не сказано."),
                N_("Ничего делать не нужно.")),
    ProblemKind("counts-assessment-unknown", W, N_("Строка {row}: не ясно, какая это работа («{value}»)."),
                N_("Строка не учтена. Добавьте столбцы «Вид», «Предмет», «Класс», «Год» или укажите --assume kind=…, year=….")),
    ProblemKind("counts-math-level", W, N_("Строка {row}: ЕГЭ по математике без уровня."),
                N_("Строка не учтена. Напишите в столбце «Вид»: «ЕГЭ база» или «ЕГЭ профиль».")),
    ProblemKind("answer-unreadable", W, N_("Строка {row}, столбец «{column}»: ответа «{value}» нет среди вариантов формы."),
                N_("Ответ не учтён.")),
    ProblemKind("category-unreadable", W, N_("Строка {row}, столбец «{column}»: «{value}» — ни да, ни нет."),
                N_("Строка в список не вошла. Впишите «да» или «нет».")),
    ProblemKind("indicator-repeated", W, N_("Строка {row}: показатель «{column}» школы {school} за этот год записан дважды по-разному."),
                N_("Взято первое значение.")),
    # --- what was asked
    ProblemKind(
        "methodology-unknown",
        E,
        N_("Методики «{value}» нет. Есть: {options}."),
        N_("Посмотрите список: rostok methodology list."),
    ),
    ProblemKind("engine-unknown", E, N_("Аналитического движка «{value}» нет. Есть: {options}."),
                N_("Назовите один из них: --engine ИМЯ.")),
    ProblemKind("methodology-refused", E, N_("{detail}"), N_("{advice}")),
    ProblemKind(
        "methodology-not-in-force",
        W,
        N_("Методика «{value}» действует с {first}, а расчёт сделан на {day}."),
        N_("Проверьте дату или возьмите методику того времени."),
    ),
    ProblemKind(
        "nothing-to-compute",
        E,
        N_("На {day} в данных нет ни одной работы, которую смотрит методика «{value}». Прочитано: {found}."),
        N_("Добавьте нужные файлы, выберите другую методику или другую дату."),
    ),
    ProblemKind(
        "nothing-to-synthesise",
        E,
        N_("Такой регион создать нельзя: {detail}."),
        N_("Измените число школ или годы."),
    ),
    # --- learning-gap maps
    ProblemKind("nothing-to-map", E, N_("В данных нет ни одной работы с баллами за задания: карту строить не по чему."),
                N_("Добавьте файлы с баллами за каждое задание или выберите другую дату.")),
    ProblemKind("map-nobody", W, N_("Работу «{assessment}» не писал никто: все отсутствовали."),
                N_("Карты этой работы нет. Проверьте файл.")),
    ProblemKind("map-no-items", W, N_("Работа «{assessment}»: баллов за задания нет, известны только итоги."),
                N_("Карты этой работы нет. Добавьте выгрузку с баллами за каждое задание.")),
    ProblemKind("map-item-empty", W, N_("Работа «{assessment}»: за задания {items} нет ни одного балла."),
                N_("Они в карте без процента выполнения, остальное посчитано без них. Проверьте столбцы файла.")),
    ProblemKind("map-item-constant", I, N_("Работа «{assessment}»: за задания {items} у всех один и тот же балл."),
                N_("Процент выполнения показан; связи с остальной работой у таких заданий нет.")),
    ProblemKind("map-item-no-level", W, N_("Работа «{assessment}»: у заданий {items} не известен уровень сложности."),
                N_("Вывода «ниже порога» и «выше порога» по ним нет. Уровни даёт кодификатор: --codifier.")),
    ProblemKind("map-label-repeated", W, N_("Работа «{assessment}»: номера заданий повторяются; вторые названы так: {items}."),
                N_("Проверьте шапку файла.")),
    ProblemKind("map-one-unit", I, N_("Работа «{assessment}»: на этом уровне есть только «{unit}»."),
                N_("Сравнивать не с кем: разность с регионом ничего не говорит.")),
    ProblemKind("codifier-unreadable", E, N_("Кодификатор «{file}» не читается: {detail}."),
                N_("Сверьте файл с описанием в руководстве, раздел о картах затруднений.")),
    ProblemKind("codifier-other-year", W,
                N_("Кодификатор «{file}» — другого года ({years}), чем работа «{assessment}»."),
                N_("Умения этой работы не посчитаны, задания — да. Добавьте кодификатор её года.")),
    ProblemKind("codifier-other-items", W,
                N_("Кодификатор «{file}» описывает другие задания, чем в работе «{assessment}»: "
                   "заданий {found} на {points} баллов, а в данных {expected} на {maximum}."),
                N_("Умения этой работы не посчитаны, задания — да. Проверьте предмет, класс и год кодификатора.")),
    ProblemKind("codifier-missing", W, N_("Для работы «{assessment}» в кодификаторе ничего нет."),
                N_("Умения этой работы не посчитаны, задания — да. Добавьте кодификатор её предмета и класса.")),
    ProblemKind("codifier-empty", W, N_("В кодификаторе «{file}» нет ни одной работы с заданиями."),
                N_("Из него ничего не взято. Сверьте файл с описанием в руководстве, раздел о картах затруднений.")),
    # --- publication
    ProblemKind("publish-not-gaps", E, N_("«{file}» — не результат «rostok gaps»."),
                N_("Назовите папку с gaps.csv и run.json, которую написала эта команда.")),
    ProblemKind("publish-classes", E, N_("В «{file}» карты классов: они только для самой школы и не публикуются."),
                N_("Постройте карты по школам: rostok gaps … --by school.")),
    ProblemKind("publish-incomplete", E, N_("В «{file}» нет places.csv или tests.csv: не сказано, где лежат школы и сколько в них участников."),
                N_("Постройте карты этой версией «rostok gaps» без --maps-only.")),
    ProblemKind("publish-not-published", E, N_("«{file}» — не прежняя публикация: нет её записи private/cells.csv."),
                N_("Назовите папку, которую написала команда «rostok publish», вместе с private.")),
    ProblemKind("publish-needed", E, N_("В «{file}» уже лежит то, без чего следующие публикации не проверить: карты или прежняя публикация."),
                N_("Укажите новую папку.")),
    # --- output
    ProblemKind("output-not-writable", E, N_("В «{file}» нельзя писать: {detail}."),
                N_("Выберите другую папку или освободите место.")),
    ProblemKind("output-not-ours", E, N_("На месте «{file}» уже лежат чужие файлы."),
                N_("Выберите пустую папку: результаты пишутся целиком или никак.")),
    ProblemKind("disk-full", E, N_("На диске кончилось место при записи в «{file}»."),
                N_("Освободите место и повторите: прежние результаты не тронуты.")),
    # --- objectivity
    ProblemKind("nothing-to-examine", E, N_("В данных нет ни одной работы с баллами участников: смотреть не на что."),
                N_("Добавьте файлы с баллами участников или выберите другую дату.")),
    ProblemKind("objectivity-no-bounds", W, N_("Работа «{assessment}»: границы отметок не известны."),
                N_("Пики на границах и расхождения с журналом по ней не посчитаны. Добавьте шкалу в scales/ с источником.")),
    ProblemKind("objectivity-no-items", W, N_("Работа «{assessment}»: баллов за задания нет, известны только итоги."),
                N_("Одинаковые работы, лёгкие и трудные задания по ней не посчитаны. Добавьте выгрузку с баллами за каждое задание.")),
    ProblemKind("objectivity-no-journal", I, N_("Работа «{assessment}»: отметок в журнале нет."),
                N_("Сравнения с журналом по ней нет.")),
    ProblemKind("objectivity-few-schools", W, N_("Работа «{assessment}»: школ {schools}, а нужно не меньше {least}."),
                N_("Чем школы отличаются на самом деле, по такой работе не узнать: часть проверок скажет «нельзя сказать».")),
    # --- the machine
    ProblemKind("worker-lost", E,
                N_("Система остановила один из процессов команды: скорее всего, не хватило памяти."),
                N_("Повторите с --workers 1 или освободите память.")),
    ProblemKind("memory-short", E, N_("Расчёту не хватило памяти: ему отведено {megabytes} МБ."),
                N_("Повторите на компьютере, где памяти больше, или дайте меньше файлов за раз.")),
)  # fmt: skip

CATALOGUE: Mapping[str, ProblemKind] = {
    kind.code: kind
    for kind in (*_KINDS, *ITEM_KINDS, *MODEL_KINDS, *CLUSTER_KINDS, *GROWTH_KINDS, *CONTEXT_KINDS)
}
