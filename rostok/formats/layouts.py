"""The table of layouts, in the order they are tried. A new form of file is one line here."""

from __future__ import annotations

from rostok.formats import (
    categories,
    context,
    counts,
    gia,
    indicators,
    interchange,
    pupil_tables,
    register,
    vpr_exports,
    vpr_forms,
)
from rostok.formats.reading import Layout

LAYOUTS: tuple[Layout, ...] = (
    interchange.INTERCHANGE,
    vpr_exports.EXPORT_2020,
    vpr_exports.EXPORT_2021,
    vpr_forms.F1,
    vpr_forms.FORM,
    gia.LAYOUT,
    # Tables of schools, from the most particular to the least.
    context.LAYOUT,
    counts.LAYOUT,
    categories.LAYOUT,
    indicators.LAYOUT,
    register.LAYOUT,
    # Results of pupils nobody above can read: an error, whatever else the book holds.
    pupil_tables.LAYOUT,
)

# Tried only when no sheet of a book was recognised: they say what is missing, and read nothing.
NEAR_MISSES: tuple[Layout, ...] = (vpr_forms.BROKEN_FORM,)
