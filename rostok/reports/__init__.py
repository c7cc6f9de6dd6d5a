"""Results as a page and a workbook: pure, no files read, no engine, no clock.

``model`` is the typed input, ``presenters`` choose words and round numbers, ``html`` and ``xlsx`` lay them
out, ``charts`` draws SVG. One presenter feeds page, print and workbook. Start with ``model.Report``.
"""
