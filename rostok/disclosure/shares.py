"""When a share may stand beside its count."""

from __future__ import annotations

SHARE_FROM_PUPILS = 10  # the rule of wording: shares of under ten pupils are given as counts only


def is_share_shown(base: int | None) -> bool:
    """May a share of ``base`` pupils be shown? Not when the base is unknown."""
    return base is not None and base >= SHARE_FROM_PUPILS


def shown_share(count: int | None, base: int | None) -> float | None:
    """The share 0–1 where it may be shown, None where counts have to do.

    >>> shown_share(3, 12), shown_share(3, 9), shown_share(None, 40)
    (0.25, None, None)
    """
    if count is None or base is None or not is_share_shown(base):
        return None
    if not 0 <= count <= base:
        raise ValueError(f"a count lies between 0 and its base: {count} of {base}")
    return count / base
