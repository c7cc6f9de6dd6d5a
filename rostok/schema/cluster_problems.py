"""What is told of a cluster that cannot be used, or did not finish."""

from __future__ import annotations

from rostok.schema.problem_kinds import ProblemKind, Severity
from rostok.wording import N_

E = Severity.ERROR

CLUSTER_KINDS = (
    ProblemKind("cluster-not-installed", E, N_("Для кластера нужен пакет pyspark, а он не установлен."),
                N_("Поставьте его командой make cluster и запускайте .venv-cluster/bin/rostok — или считайте здесь: --engine duckdb.")),
    ProblemKind("java-missing", E, N_("Для кластера нужна Java 17 или новее, а программа java не найдена."),
                N_("Установите Java или задайте JAVA_HOME — или считайте здесь: --engine duckdb.")),
    ProblemKind("cluster-unreachable", E, N_("Кластер {value} не отвечает: {detail}."),
                N_("Проверьте адрес и что кластер запущен — или считайте здесь: --engine duckdb.")),
    ProblemKind("cluster-idle", E, N_("Кластер {value} за {seconds} секунд не дал ни одного исполнителя."),
                N_("Проверьте, что рабочие узлы запущены, не заняты целиком и дают исполнителю столько памяти, сколько он просит.")),
    ProblemKind("cluster-blind", E, N_("Узлы кластера {value} не видят файлов хранилища: {detail}."),
                N_("Положите хранилище на диск, который на всех узлах смонтирован по одному пути, и дайте его на вход.")),
    ProblemKind("cluster-failed", E, N_("Кластер {value} не закончил расчёт: {detail}."),
                N_("Повторите запуск; если не поможет, смотрите журнал кластера или считайте здесь: --engine duckdb.")),
)  # fmt: skip
