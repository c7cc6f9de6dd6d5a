"""From the typed report to words: everything a page or a sheet shows, already translated and rounded.

``summary`` is the first screen, ``schools`` a card, ``listing`` all of them, ``region`` charts with their tables, ``methodology``
and ``data`` the sections of sources; ``words`` and ``order`` serve them all. No HTML but through ``Markup``.
"""
