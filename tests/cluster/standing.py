"""A standalone Spark cluster of this machine: a master and two workers, each a process group of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
SECONDS_TO_START = 120
_PACKAGE = "org.apache.spark.deploy"


def spark_home() -> Path:
    import pyspark

    return Path(pyspark.__file__).parent


def free_ports(count: int) -> list[int]:
    taken = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [listening.getsockname()[1] for listening in taken]
    for listening in taken:
        listening.close()
    return ports


@dataclass
class StandingCluster:
    """``workers``: their processes, by number. Logs and scratch space lie in ``folder``."""

    folder: Path
    master_port: int
    page_port: int
    master: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def start(cls, folder: Path, workers: int = 2) -> StandingCluster:
        found = cls(folder, *free_ports(2))
        found.master = found._run(
            "master", f"{_PACKAGE}.master.Master", "--host", LOOPBACK, "--port", str(found.master_port),
            "--webui-port", str(found.page_port),
        )  # fmt: skip
        _until(lambda: found.state() is not None, "the master does not answer", folder)
        for number in range(workers):
            port, page = free_ports(2)
            found.workers.append(found._run(
                f"worker{number}", f"{_PACKAGE}.worker.Worker", "--host", LOOPBACK, "--port", str(port),
                "--webui-port", str(page), "--cores", "1", "--memory", "1g",
                "--work-dir", str(folder / f"work{number}"), found.address,
            ))  # fmt: skip
        _until(lambda: found.alive() == workers, "the workers did not register", folder)
        return found

    @property
    def address(self) -> str:
        return f"spark://{LOOPBACK}:{self.master_port}"

    def state(self) -> dict[str, Any] | None:
        """What the master says of itself; None while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.page_port}/json/", timeout=5) as page:
                said: dict[str, Any] = json.load(page)
        except OSError:
            return None
        return said

    def alive(self) -> int:
        return int((self.state() or {}).get("aliveworkers", 0))

    def kill_worker(self, number: int) -> None:
        """Worker and executor at once, as when a machine loses its power."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in (*self.workers, self.master):
            if process is not None:
                _end(process)

    def _run(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "SPARK_LOCAL_IP": LOOPBACK, "SPARK_NO_DAEMONIZE": "1"}
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [spark_home() / "bin" / "spark-class", *words],
                stdout=log, stderr=log, env=environment, start_new_session=True,
            )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    for word in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, word)
            process.wait(timeout=20)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _until(done: Any, otherwise: str, folder: Path) -> None:
    last = time.monotonic() + SECONDS_TO_START
    while not done():
        if time.monotonic() > last:
            raise TimeoutError(f"{otherwise}; see the logs in {folder}")
        time.sleep(0.2)
