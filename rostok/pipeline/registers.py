"""Registers and questionnaires both name schools: the register is right, a questionnaire fills its gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from rostok.formats.batches import TableBatch
from rostok.formats.register import CODE as REGISTER
from rostok.schema.tables import SCHOOLS


def completed_registers(batches: Sequence[TableBatch]) -> list[TableBatch]:
    """The batches with registers completed; without a register they stay as they are.

    Empty fields of a register take the value the first other source gives for the school; schools that only
    other sources name are kept from there.
    """
    registers = [batch for batch in batches if _is_register(batch)]
    others = [batch for batch in batches if batch.name == SCHOOLS.name and not _is_register(batch)]
    if not registers or not others:
        return list(batches)
    known = pa.concat_tables([batch.table for batch in registers])["school_id"].unique()
    said = pa.concat_tables([batch.table for batch in others])
    return [_completed(batch, said, known) for batch in batches]


def _is_register(batch: TableBatch) -> bool:
    return batch.name == SCHOOLS.name and batch.source.layout == REGISTER


def _completed(batch: TableBatch, said: pa.Table, known: pa.Array) -> TableBatch:
    if batch.name != SCHOOLS.name:
        return batch
    if _is_register(batch):
        return replace(batch, table=_filled(batch.table, said))
    lacking = pc.invert(pc.is_in(batch.table["school_id"], known))
    return replace(batch, table=batch.table.filter(lacking))


def _filled(register: pa.Table, said: pa.Table) -> pa.Table:
    place = pc.index_in(register["school_id"], said["school_id"].combine_chunks())
    for at, name in enumerate(register.column_names):
        if name != "school_id":
            offered = said[name].combine_chunks().take(place.combine_chunks())
            register = register.set_column(at, name, pc.coalesce(register[name], offered))
    return register
