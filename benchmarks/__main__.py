"""``python -m benchmarks [--write] [NAME …]``: run every measurement, each as a process of its own.

``--write`` goes on to the measurements: they put their figures into docs/.

A module of this folder with a ``main`` function is a measurement. Own processes, so that the largest memory of
one is not that of another.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def _has_main(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def measurements() -> list[str]:
    """Names of the measurements, in the order of the alphabet."""
    paths = (path for path in sorted(FOLDER.glob("*.py")) if not path.name.startswith("_"))
    return [path.stem for path in paths if _has_main(path)]


def run(names: list[str], options: list[str]) -> int:
    """Run the named measurements (all, when none is named); 1 when any of them failed, 2 for an unknown name."""
    known = measurements()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No measurement {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    codes = []
    for name in names or known:
        print(f"\n== {name}", flush=True)
        codes.append(
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=False).returncode
        )
    return int(any(codes))


if __name__ == "__main__":
    given = sys.argv[1:]
    write = ["--write"]
    sys.exit(run([name for name in given if name not in write], [name for name in given if name in write]))
