"""What every measurement shares: the machine, a child process with its time and memory, the page of results.

A measured program is a process of its own. Its time is that of the whole process, start and imports included,
because that is what a person waits for. Memory is counted in two ways: the largest resident size of one process
as the kernel keeps it (VmHWM), and the largest sum over the program and its workers, shared pages counted once
(PSS, looked at twenty times a second).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
CACHE = ROOT / "build" / "benchmarks"  # generated data; ignored by git
SHARED = ROOT.parent / "shared"

_LOOKS_PER_SECOND = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. ``largest_mb``: of one process; ``together_mb``: of all its processes; ``said``: its last line."""

    seconds: float
    cpu_seconds: float
    largest_mb: float
    together_mb: float
    said: dict[str, Any]


def run_module(name: str, *arguments: str) -> Measured:
    """Run ``python -m benchmarks.NAME`` and measure it; RuntimeError with its output when it fails.

    The last line the module prints is JSON and comes back as ``said``.
    """
    return run_command(sys.executable, "-m", f"benchmarks.{name}", *arguments)


def run_command(*command: str) -> Measured:
    """The same of any program."""
    environment = _as_after_first_start()
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:
        watch = _Watch(child.pid)
        watch.start()
        output = child.stdout.read() if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}\n{output}")
    lines = output.strip().splitlines()
    return Measured(
        seconds,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
        watch.largest / 1024,
        json.loads(lines[-1]),
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """What is asked for, and what was measured; ``measured`` is None where this time it was not."""

    what: str
    most: float
    unit: str
    measured: float | None

    @property
    def outcome(self) -> str:
        if self.measured is None:
            return "не измерено в этот раз"
        return "выполнено" if self.measured <= self.most else "**не выполнено**"


def goals(found: Sequence[Goal]) -> str:
    """A table that says of every goal in words whether it is met."""
    rows = [
        [one.what, f"не больше {one.most:g} {one.unit}",
         "—" if one.measured is None else f"{number(one.measured, 0 if one.measured >= 100 else 1)} {one.unit}",
         one.outcome]
        for one in found
    ]  # fmt: skip
    return table(["Требуется", "цель", "измерено", "итог"], rows)


@cache
def _as_after_first_start() -> dict[str, str]:
    """The environment of children, in which Python keeps compiled modules; the first start has compiled them.

    Without that every start would compile a thousand modules, which happens to a person once.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    libraries = "import ibis; ibis.duckdb; import openpyxl, pandas, polars, pyarrow.parquet; from rostok import pipeline"
    subprocess.run([sys.executable, "-c", libraries], cwd=ROOT, env=environment, check=True)
    return environment


class _Watch(threading.Thread):
    """Largest sum of PSS over a process and its descendants, in kilobytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.largest = 0
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(1 / _LOOKS_PER_SECOND):
            self.largest = max(self.largest, sum(map(_pss, _family(self._pid))))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid] + [member for child in children for member in _family(int(child))]


def _pss(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def machine() -> str:
    """Processor, cores this process may use, memory, system, Python: one line."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, ядер {cores}, памяти {memory:.0f} ГБ, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def said_when() -> str:
    """«Измерено 22.11.2026: машина.»"""
    return f"Измерено {dt.datetime.now(tz=dt.UTC):%d.%m.%Y}: {machine()}."


def number(value: float, digits: int = 1) -> str:
    """A number as the page writes it: decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is aligned right."""
    rule = ["---"] + ["--:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def write_section(name: str, title: str, body: str) -> None:
    """Put a section into docs/performance.md between its marks; a new one goes to the end."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = PAGE.read_text("utf-8")
    section = f"{opening}\n## {title}\n\n{body.strip()}\n{closing}"
    found = re.compile(re.escape(opening) + ".*?" + re.escape(closing), re.DOTALL)
    text = found.sub(lambda _: section, text) if found.search(text) else f"{text.rstrip()}\n\n{section}\n"
    PAGE.write_text(text, "utf-8")


def skip(reason: str) -> None:
    """Say why a measurement does not run here."""
    print(f"пропущено: {reason}", flush=True)


_Data = TypeVar("_Data")
_Figures = TypeVar("_Figures")


def write_page(
    what: str | None, data_of: Callable[[int], _Data], measure: Callable[[_Data, int], _Figures],
    page: Callable[[list[tuple[_Data, _Figures]]], str], *, name: str, title: str,
) -> int:  # fmt: skip
    """A program that measures data of several sizes, prints its page and, asked to, writes it into ``PAGE``."""
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1,5,25", help="millions of scripts")
    parser.add_argument("--runs", type=int, default=2, help="the fastest run counts")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    options = parser.parse_args()
    found = []
    for millions in map(int, options.sizes.split(",")):
        data = data_of(millions)
        found.append((data, measure(data, options.runs)))
    text = page(found)
    print(text)
    if options.write:
        write_section(name, title, text)
    return 0
