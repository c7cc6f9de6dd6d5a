"""What can be wrong with growth, groups of schools and resilience."""

from __future__ import annotations

from rostok.schema.problem_kinds import ProblemKind, Severity
from rostok.wording import N_

E, W, I = Severity.ERROR, Severity.WARNING, Severity.NOTICE  # noqa: E741 - columns of the table below

GROWTH_KINDS = (
    # --- results of schools
    ProblemKind("growth-no-maximum", W, N_("Работа «{assessment}»: наибольший балл не известен."),
                N_("Процента выполнения по ней нет, и она не учтена. Добавьте шкалу в scales/ с источником.")),
    ProblemKind("growth-no-spread", W,
                N_("Работа «{assessment}»: у всех участников один балл, или в каждом классе по одному участнику."),
                N_("Погрешности средних по ней не узнать, и она не учтена.")),
    # --- growth
    ProblemKind("growth-one-moment", W, N_("Сравнивать не с чем: ни одной работы, написанной дважды (всего работ: {papers})."),
                N_("Добавьте результаты другого года. Остальные таблицы посчитаны.")),
    ProblemKind("growth-few-schools", W, N_("«{first}» и «{second}» вместе писали {schools} школ, а нужно не меньше {least}."),
                N_("Изменение региона по стольким не узнать: о школах сказать нельзя.")),
    ProblemKind("growth-no-generations", W, N_("Двух работ одних и тех же детей по одному предмету в данных нет."),
                N_("Процентилей прогресса нет. Добавьте работы следующего года.")),
    ProblemKind("growth-codes-strangers", W,
                N_("«{first}» и «{second}»: у связанных кодом участников пол совпал в {percent} % случаев, а нужно {least} %."),
                N_("Эти коды связывают разных детей, и процентилей прогресса по ним нет.")),
    ProblemKind("growth-few-linked", W, N_("«{first}» и «{second}»: участников, связанных кодом, {pupils}."),
                N_("Для процентилей прогресса этого мало.")),
    # --- groups of schools
    ProblemKind("clusters-few-schools", E, N_("Школ с результатами всех нужных работ {schools}, а нужно не меньше {needed}."),
                N_("Группы по стольким не различить. Возьмите меньше работ или признаков.")),
    ProblemKind("clusters-no-features", E, N_("Нет ни одного признака, который известен и различает школы."),
                N_("Добавьте результаты работ.")),
    ProblemKind("clusters-schools-left-out", I, N_("Школ, у которых известны не все признаки: {count}."),
                N_("В группы они не вошли: сказать нельзя.")),
    ProblemKind("clusters-one", I, N_("Отдельных групп не нашлось: школы отличаются степенью, а не видом."),
                N_("Это ответ, а не ошибка. Все школы — одна группа.")),
    ProblemKind("clusters-unstable", W, N_("Группы неустойчивы: на других школах вышли бы другие (согласие {agreement}, нужно {least})."),
                N_("О принадлежности школы к группе лучше не говорить.")),
    # --- resilience
    ProblemKind("resilience-no-context", E, N_("Показателя условий «{value}» в данных нет. Есть: {options}."),
                N_("Назовите показатель --indicator ИМЯ или индекс --index ИМЯ.")),
    ProblemKind("resilience-context-same", E, N_("Показатель условий «{value}» у всех школ один и тот же."),
                N_("Школ в трудных условиях по нему не выделить. Возьмите другой.")),
    ProblemKind("resilience-few-schools", E, N_("Школ с условиями и результатами {schools}, а нужно не меньше {least}."),
                N_("Ожидаемый результат по стольким не узнать.")),
    ProblemKind("resilience-schools-left-out", I, N_("Школ без показателя условий: {count}."),
                N_("О них сказать нельзя.")),
    ProblemKind("resilience-error-assumed", I, N_("Погрешность показателя условий не известна: взята надёжность {reliability}."),
                N_("Если она известна, назовите её: --reliability ЧИСЛО.")),
    ProblemKind("resilience-model-refused", E, N_("Ожидаемых результатов по этим данным не посчитать."),
                N_("Проверьте, что в школах по нескольку участников и результаты у них разные.")),
    ProblemKind("resilience-variance-none", I, N_("При таких условиях школы различаются не больше, чем от случая."),
                N_("Резильентных школ среди них не назвать, и это не значит, что их нет.")),
)  # fmt: skip
