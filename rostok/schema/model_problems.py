"""What can be wrong with a table of pupils for a model of value added, and with the model itself."""

from __future__ import annotations

from rostok.schema.problem_kinds import ProblemKind, Severity
from rostok.wording import N_

E, W, I = Severity.ERROR, Severity.WARNING, Severity.NOTICE  # noqa: E741 - columns of the table below

MODEL_KINDS = (
    # --- the table
    ProblemKind("model-table-unknown", E, N_("«{file}» — не таблица участников: читаются CSV и Parquet."),
                N_("Сохраните таблицу в одном из этих видов.")),
    ProblemKind("column-repeated", E, N_("В файле «{file}» столбец «{column}» назван дважды."),
                N_("Оставьте один или назовите их по-разному.")),
    ProblemKind("model-not-numbers", E, N_("Столбец «{column}» не числовой: чисел {numbers} из {filled} значений."),
                N_("Результат и веса должны быть числами. Назовите другой столбец.")),
    ProblemKind("model-cells-not-numbers", W, N_("Столбец «{column}»: значений, которые не числа, — {count}."),
                N_("Строки с ними не учтены. Исправьте ячейки, или назовите столбец в --categorical, если это категории.")),
    ProblemKind("model-rows-missing", W, N_("Строк без значения в нужном столбце: {count} из {rows} ({columns})."),
                N_("Они не учтены. Если пропусков много, проверьте, чем эти участники отличаются от остальных.")),
    ProblemKind("model-rows-none", E, N_("Нет ни одной строки, где заполнены все нужные столбцы ({columns})."),
                N_("Проверьте столбцы или уберите те, что пусты.")),
    ProblemKind("model-weight-negative", E, N_("В столбце весов «{column}» есть отрицательное число: {value}."),
                N_("Вес — сколько наблюдений стоит за строкой; он больше нуля. Исправьте столбец.")),
    ProblemKind("model-weight-nought", W, N_("Строк с весом 0 в столбце «{column}»: {count}."),
                N_("Они не учтены.")),
    ProblemKind("model-not-nested", E,
                N_("Группа «{value}» столбца «{level}» лежит в двух группах столбца «{column}»: «{one}» и «{other}»."),
                N_("Модель требует, чтобы каждая школа лежала в одном муниципалитете. Исправьте коды или сделайте их единственными.")),
    # --- the terms
    ProblemKind("model-term-unreadable", E, N_("«{value}» не читается: ожидается имя столбца или произведение ИМЯ:ИМЯ."),
                N_("Перечислите признаки через запятую: --covariates пол,балл,пол:балл.")),
    ProblemKind("model-term-is-outcome", E, N_("Столбец «{column}» не может быть и результатом, и признаком."),
                N_("Уберите его из признаков.")),
    ProblemKind("model-term-is-journal", W, N_("Среди признаков — отметка по журналу («{column}»)."),
                N_("Её ставит та же школа, чью добавленную стоимость считают: школа со строгими отметками будет выглядеть лучше. "
                   "Возьмите прежний результат из внешней работы.")),
    ProblemKind("model-category-wide", E, N_("В столбце «{column}» больше {most} разных значений."),
                N_("Признак с таким числом категорий не разделить с группами. Если это число, проверьте ячейки; если код, уберите столбец.")),
    ProblemKind("model-base-unknown", E, N_("В столбце «{column}» нет категории «{value}». Есть: {options}."),
                N_("Назовите одну из них: --base СТОЛБЕЦ=КАТЕГОРИЯ.")),
    ProblemKind("model-too-wide", E, N_("В модели {columns} столбцов, а допустимо {most}."),
                N_("Оставьте признаки, которые объясняют результат, или соберите их в индекс.")),
    ProblemKind("model-too-large", E, N_("В модели {columns} столбцов и {units} групп столбца «{column}»: их произведения не поместятся в память."),
                N_("Уменьшите число признаков.")),
    ProblemKind("model-slope-unknown", E, N_("«{value}» назван в --slope, но это не столбец групп. Группы: {options}."),
                N_("Пишите ГРУППА:ПРИЗНАК, где ГРУППА — столбец из --group или --group2.")),
    # --- refused by the fit
    ProblemKind("model-one-unit", E, N_("В столбце «{column}» одна группа («{value}»): сравнивать не с кем."),
                N_("Нужно две школы или больше.")),
    ProblemKind("model-one-row-per-unit", E, N_("В каждой группе столбца «{column}» по одной строке."),
                N_("Школу не отличить от участника. Нужны строки участников, а не школ.")),
    ProblemKind("model-outcome-constant", E, N_("Результат «{column}» у всех участников один и тот же."),
                N_("Различий, которые можно объяснить, нет. Проверьте столбец.")),
    ProblemKind("model-outcome-same-within", E, N_("Результат «{column}» внутри каждой группы столбца «{value}» один и тот же."),
                N_("Это показатель школы, а не участника. Назовите столбец с результатом участника.")),
    ProblemKind("model-residual-none", E, N_("Признаки и группы объясняют результат «{column}» полностью."),
                N_("Так бывает, когда результат вычислен из признаков. Уберите их.")),
    ProblemKind("model-rows-few", E, N_("Строк {rows}, а оценить нужно {parameters} величин."),
                N_("Добавьте данные или уберите признаки.")),
    # --- left out, or found at a boundary
    ProblemKind("model-column-constant", W, N_("Признак «{column}» у всех участников один и тот же."),
                N_("В модель он не вошёл.")),
    ProblemKind("model-column-collinear", W, N_("Признак «{column}» следует из других: {others}."),
                N_("В модель он не вошёл; остальные коэффициенты читаются так, как будто его нет.")),
    ProblemKind("model-slope-same-within", W, N_("Наклон по «{value}» в столбце «{column}» не посчитан: внутри группы признак один и тот же."),
                N_("Остальное посчитано без него.")),
    ProblemKind("model-slope-too-many", W, N_("Наклон по «{value}» в столбце «{column}» не посчитан: групп {units}, а эффектов вышло бы больше, чем можно оценить."),
                N_("Остальное посчитано без него.")),
    ProblemKind("model-level-one-unit", W, N_("В столбце «{column}» одна группа."),
                N_("Этого уровня в модели нет, остальное посчитано.")),
    ProblemKind("model-level-repeats", W, N_("В каждой группе столбца «{column}» одна группа столбца «{value}»."),
                N_("Два уровня не различить: «{column}» в модель не вошёл.")),
    ProblemKind("model-units-few", W, N_("Групп в столбце «{column}»: {units}."),
                N_("Насколько группы различаются, по стольким почти не узнать: дисперсия и погрешности эффектов ненадёжны.")),
    ProblemKind("model-variance-none", I, N_("Столбец «{column}», {value}: дисперсия между группами оценена нулём."),
                N_("Группы различаются не больше, чем от случая; все эффекты равны нулю, и это не значит, что школы одинаковы.")),
    ProblemKind("model-effects-tied", W, N_("Столбец «{column}»: эффекты «{value}» и «{other}» связаны полностью (корреляция ±1)."),
                N_("Данных не хватает, чтобы их различить. Уберите наклон, если он не нужен.")),
    ProblemKind("model-not-converged", W, N_("Подбор дисперсий не сошёлся."),
                N_("Числам верить нельзя. Упростите модель: уберите наклоны или уровень.")),
)  # fmt: skip
