"""Our own interchange: scripts as CSV or Parquet, identity in front, columns of the declared tables behind."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from rostok.formats.batches import ScriptBatch, Source
from rostok.schema.arrow import scripts_schema
from rostok.schema.assessments import Assessment
from rostok.schema.scales import Item
from rostok.synth.region import Region
from rostok.synth.stored import scripts_table

LAYOUT = "synthetic"


def batch(assessment: Assessment, table: pa.Table, items: tuple[Item, ...]) -> ScriptBatch:
    """The scripts of one assessment as if a reader had read them, for the store."""
    return ScriptBatch(assessment, items, table, Source(assessment.key, "", LAYOUT, "", table.num_rows))


def path_csv(assessment: Assessment) -> str:
    return f"{assessment.year}/{assessment.key.replace('/', '-')}.csv"


def path_parquet(assessment: Assessment) -> str:
    return f"{assessment.year}/{assessment.key.replace('/', '-')}.parquet"


def write(path: Path, region: Region, assessment: Assessment) -> None:
    """Write the scripts of one assessment; CSV or Parquet by the name of the file."""
    scripts = region.scripts(assessment)
    table = scripts_table(region, scripts).cast(scripts_schema(scripts.blueprint.items))
    identity = {
        "kind": pa.scalar(str(assessment.kind)),
        "year": pa.scalar(assessment.year, pa.int16()),
        "wave": pa.scalar(str(assessment.wave)),
        "subject": pa.scalar(str(assessment.subject)),
        "grade": pa.scalar(assessment.grade, pa.int16()),
        "pupil_grade": pa.scalar(assessment.pupil_grade, pa.int16()),
    }
    columns = {name: pa.repeat(value, table.num_rows) for name, value in identity.items()}
    whole = pa.table(columns | {name: table[name] for name in table.column_names})
    if path.suffix == ".csv":
        pacsv.write_csv(whole, path, pacsv.WriteOptions(quoting_style="needed"))
    else:
        pq.write_table(whole, path, compression="zstd")
