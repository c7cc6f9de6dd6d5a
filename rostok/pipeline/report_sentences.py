"""What a builder of a section raises where its data give nothing: the report says why and goes on."""

from __future__ import annotations


class NothingToSay(Exception):  # noqa: N818 - reads as a statement where it is raised
    """Why a section cannot be made, as a sentence for the reader."""
