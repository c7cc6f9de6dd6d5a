"""Where accepted results lie: one Parquet file per assessment, small tables beside, a manifest, a version.

A version is built aside and swapped in whole (``aside``); its name is a hash of what it says, not of how the
input was cut into files (``content``). Writing starts at ``build.StoreBuilder``, reading at
``version.DataVersion``, counting at ``reductions``. Nothing here decides about schools.
"""

from rostok.store.build import StoreBuilder
from rostok.store.manifest import Manifest, StoredAssessment
from rostok.store.parquet import write_assessment
from rostok.store.parts import Part, write_part
from rostok.store.version import DataVersion, is_version

__all__ = [
    "DataVersion",
    "Manifest",
    "Part",
    "StoreBuilder",
    "StoredAssessment",
    "is_version",
    "write_assessment",
    "write_part",
]
