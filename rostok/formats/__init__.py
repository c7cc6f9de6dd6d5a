"""Files → typed rows and problems. Knows every form results come in; computes nothing of a school.

Start with ``files.read_file``: it opens a file, finds the layout of each sheet in ``layouts.LAYOUTS`` and lets
it read. Forms of ВПР are ``vpr_*``; what a row means is decided in ``row_rules`` for all of them; which
assessment a file holds in ``recognise``. Nothing here writes, and bad input never raises.
"""

from rostok.formats.assumptions import Assumptions
from rostok.formats.batches import FileReading, ScriptBatch, Source, TableBatch
from rostok.formats.discover import Discovery, InputFile, discover
from rostok.formats.files import read_file
from rostok.formats.scale_files import ScaleBook, ScaleError, load_scales

__all__ = [
    "Assumptions",
    "Discovery",
    "FileReading",
    "InputFile",
    "ScaleBook",
    "ScaleError",
    "ScriptBatch",
    "Source",
    "TableBatch",
    "discover",
    "load_scales",
    "read_file",
]
