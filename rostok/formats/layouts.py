"""The table of layouts, in the order they are tried. A new form of file is one line here."""

from __future__ import annotations

from rostok.formats.reading import Layout

LAYOUTS: tuple[Layout, ...] = ()
