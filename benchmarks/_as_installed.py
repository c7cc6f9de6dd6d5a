"""Our own programs are measured as they are installed: pandas is a tool of the benchmarks, not of the product.

Ibis and Arrow import pandas wherever they find it, half a second and forty megabytes that an installation does
not pay.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=fullname)
        return None


def hide_pandas() -> None:
    """Make ``import pandas`` fail in this process, as it does where only the product is installed."""
    sys.meta_path.insert(0, _Absent())
