"""Declared tables as Arrow schemas."""

from __future__ import annotations

import pyarrow as pa

from rostok.schema.scales import Item
from rostok.schema.tables import SCRIPTS, Table, item_column


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a declared table; ``never`` missing columns are not nullable in meaning only."""
    return pa.schema([(column.name, pa.type_for_alias(column.type)) for column in table.columns])


def scripts_schema(items: tuple[Item, ...]) -> pa.Schema:
    """Columns of SCRIPTS followed by one int8 column per item."""
    fields = [(column.name, pa.type_for_alias(column.type)) for column in SCRIPTS.columns]
    return pa.schema(fields + [(item_column(item.position), pa.int8()) for item in items])
