"""Small groups: what may be shown of them. The constants stand here and nowhere else.

A share of a handful of children is read as a property of each of them and jumps by ten points with one
child. So under ``SHARE_FROM_PUPILS`` counts are shown without a share. Nothing here hides a count: inside an
authority's report every figure behind a decision is given; suppression in public tables comes with them.
"""

from rostok.disclosure.shares import SHARE_FROM_PUPILS, is_share_shown, shown_share

__all__ = ["SHARE_FROM_PUPILS", "is_share_shown", "shown_share"]
