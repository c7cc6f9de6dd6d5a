"""Which items can stand on one scale: do booklets hang together, and has the likelihood a finite maximum?

Two conditions. Items must be joined by pupils who were presented both, directly or through others: else their
scales have no common origin. And no split of the items may exist in which nobody has points in one part
without full points in the other: then the distance between the parts is infinite (Fischer 1981). For 0/1 scores
both together are enough; an item with more scores may besides run to infinity within itself.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rostok.statistics.item_scores import Bools, GroupedScores, Ints
from rostok.statistics.products import outer_sum


def booklet_groups(grouped: GroupedScores) -> Ints:
    """For each item (I) the number of its group: items of one group are joined by common pupils.

    Items nobody has two scores beside, and items all answer alike, say nothing of others: they join nothing,
    and are groups of their own.
    """
    joins = grouped.presented & (grouped.maxima > 0)
    pattern, item = np.nonzero(joins)
    size = len(joins) + grouped.items
    edges = coo_array((np.ones(len(item)), (pattern, item + len(joins))), shape=(size, size))
    labels = connected_components(edges, directed=False)[1][len(joins) :]
    return _renumbered(labels)


def comparable_groups(grouped: GroupedScores) -> Ints:
    """For each item (I) the number of its group: within a group every split has evidence both ways.

    Evidence for a step from item i to item j is a cell in which i has points and j misses some. That of single
    pupils would join the same items: within one raw score, where a split is without evidence, either the one
    part is empty of points for all or the other full for all.
    """
    use = grouped.informative
    presented = grouped.presented[grouped.pattern[use]]
    won = grouped.score_sums[use] > 0
    lost = presented & (grouped.score_sums[use] < grouped.maxima * grouped.pupils[use][:, None])
    edges = outer_sum(won.T.astype(np.float64), lost.T.astype(np.float64)) > 0
    labels = connected_components(coo_array(edges), directed=True, connection="strong")[1]
    return _renumbered(labels)


def _renumbered(labels: Ints) -> Ints:
    """Groups numbered by their first item."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.asarray(order[place.reshape(-1)], np.int64)


def largest(groups: Ints, counts: Ints) -> Bools:
    """Items (I) of the group with most items; of two alike the one with more scores (``counts`` by item)."""
    sizes = np.bincount(groups)
    scores = np.bincount(groups, weights=counts)
    best = max(range(len(sizes)), key=lambda group: (sizes[group], scores[group], -group))
    return np.asarray(groups == best, np.bool_)
