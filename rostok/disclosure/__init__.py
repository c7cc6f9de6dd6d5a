"""Small groups: what may be shown of them. The constants stand in this package and nowhere else.

Two questions. *Which share may stand beside its count* (``shares``): a share of a handful of children is read as
a property of each of them and jumps by ten points with one child, so under ``SHARE_FROM_PUPILS`` counts are
shown without a share. *What may leave the authority at all* (``suppression``): a published table hides groups
under ``MIN_GROUP``, all-or-none, and whatever these could be worked out from. An authority's own report is not a
publication: every figure behind a decision is given there.

Start with ``publications`` (cells and sums) or ``tables`` (those of the usual shape), then ``suppression``; ``attack`` is the reader we defend against.
``suppression`` is not loaded from here: it needs a solver that a page with shares does not.
"""

from rostok.disclosure.publications import Cell, Publication, Reason, Relation, Suppressed, with_rest
from rostok.disclosure.shares import SHARE_FROM_PUPILS, is_share_shown, shown_share
from rostok.disclosure.tables import nested

__all__ = [
    "SHARE_FROM_PUPILS",
    "Cell",
    "Publication",
    "Reason",
    "Relation",
    "Suppressed",
    "is_share_shown",
    "nested",
    "shown_share",
    "with_rest",
]
