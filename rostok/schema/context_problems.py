"""What can be wrong with an index of context, with the table for models, and with the search of similar schools."""

from __future__ import annotations

from rostok.schema.problem_kinds import ProblemKind, Severity
from rostok.wording import N_

E, W, I = Severity.ERROR, Severity.WARNING, Severity.NOTICE  # noqa: E741 - columns of the table below

CONTEXT_KINDS = (
    # --- the index
    ProblemKind("index-unknown", E, N_("Индекса условий «{value}» нет. Есть: {options}."),
                N_("Назовите один из них или свой файл YAML: --index ИМЯ.")),
    ProblemKind("context-none", E, N_("Показателей индекса «{value}» в данных нет."),
                N_("Добавьте анкету или таблицу «школа × год × показатель»; какие показатели нужны, сказано в файле индекса.")),
    ProblemKind("context-year-none", E, N_("За {value} год показателей индекса нет. Есть годы: {years}."),
                N_("Назовите другой год: --year ГОД.")),
    ProblemKind("context-not-numbers", E, N_("В столбце «{column}» не числа."),
                N_("Показатель должен быть числом: замените слова числами или назовите другой столбец.")),
    ProblemKind("context-schools-few", E, N_("Школ, у которых есть показатели индекса: {count}."),
                N_("Индекс сравнивает школы между собой: нужно хотя бы две.")),
    ProblemKind("context-too-wide", E, N_("В индексе показателей {count}, а допустимо {most}."),
                N_("Оставьте те, в которых уверены.")),
    ProblemKind("context-answers-impossible", W, N_("Показатель «{column}»: значений вне пределов {low}–{high} — {count}."),
                N_("Они не учтены: так не бывает. Проверьте ответы этих школ.")),
    ProblemKind("context-indicator-empty", W, N_("Показателя «{column}» нет ни у одной школы."),
                N_("В индекс он не вошёл.")),
    ProblemKind("context-indicator-constant", W, N_("Показатель «{column}» у всех школ один и тот же."),
                N_("В индекс он не вошёл: школ он не различает.")),
    ProblemKind("context-nothing-varies", E, N_("Ни один показатель индекса «{value}» не различает школы."),
                N_("Проверьте таблицу или возьмите другой индекс.")),
    ProblemKind("context-coverage-low", W, N_("Школ, у которых известно слишком мало показателей: {count}."),
                N_("Индекса у них нет: сказать нельзя. Сколько известно, стоит в столбце coverage.")),
    ProblemKind("context-few-for-tenths", W, N_("Школ с индексом {schools}, а для десятых долей нужно {least}."),
                N_("Вместо десятой доли стоит место между наименьшим и наибольшим, от 1 до 10.")),
    ProblemKind("context-weight-against", W, N_("Показатель «{column}» вошёл со знаком, обратным названному."),
                N_("Так вышло по данным: он идёт против остальных. Проверьте знак или уберите его.")),
    ProblemKind("context-regression-few", E,
                N_("Весов по регрессии не посчитать: школ с результатами {count}, а показателей {columns}."),
                N_("Нужно по {least} школ на показатель. Возьмите --weights equal.")),
    ProblemKind("context-results-none", W, N_("Результатов работ в данных нет: связь условий с ними не посчитана."),
                N_("Добавьте выгрузки работ.")),
    # --- the table
    ProblemKind("table-suffix-unknown", E, N_("По имени «{file}» не понять, что писать: таблицы бывают .csv и .parquet."),
                N_("Назовите файл с одним из этих окончаний.")),
    ProblemKind("table-papers-none", E, N_("В данных нет ни одной работы с участниками: таблице не из чего взяться."),
                N_("Добавьте выгрузки результатов.")),
    ProblemKind("table-too-wide", E, N_("Показателей условий {columns}, а в таблицу входит до {most}."),
                N_("Оставьте в файлах условий те, что нужны модели.")),
    ProblemKind("table-column-renamed", W, N_("Показатель «{column}» назван как столбец таблицы."),
                N_("В таблице он стоит как «{value}».")),
    # --- similar schools
    ProblemKind("similar-school-unknown", E, N_("Школы «{value}» в данных нет."),
                N_("Назовите её так, как она стоит в файлах: --school КЛЮЧ.")),
    ProblemKind("similar-context-short", E, N_("У школы «{value}» известно слишком мало показателей условий."),
                N_("Похожих школ назвать нельзя. Дополните её анкету.")),
    ProblemKind("similar-none-near", W, N_("Похожих на «{value}» школ нет: до ближайшей {distance}, а допустимо {caliper}."),
                N_("Сказать нельзя. Можно увеличить --caliper, но это будут школы в других условиях.")),
    ProblemKind("similar-group-unknown", W, N_("Школ из вашей группы, которых нет в данных или у которых нет показателей: {schools} ({value})."),
                N_("Они не показаны.")),
    ProblemKind("similar-result-none", W, N_("У школы «{value}» нет результатов работ."),
                N_("Похожие школы найдены, кто из них справился лучше, сказать нельзя.")),
    ProblemKind("similar-one-cohort", W, N_("Ни у одной школы нет двух параллелей: насколько они различаются внутри школы, не узнать."),
                N_("Погрешности считают только участников и потому малы. Добавьте работы других классов или лет.")),
    ProblemKind("similar-columns-tied", I, N_("Показатели повторяют друг друга: независимых {rank} из {columns}."),
                N_("Расстояние посчитано по независимым.")),
)  # fmt: skip
