"""Growth: how the results of schools change beside the region, and how much of that is no news.

``precision``    how exactly a school's mean is known: pupils come in classes;
``shrinkage``    changes with their errors → variance of true changes, shrunken changes, intervals, verdicts;
``series``       several moments of one school: how many points there are, and whether something changed;
``transitions``  between groups of schools, beside what chance alone would give;
``percentiles``  of growth, where two results are of the same pupil: quantile regression;
``linear``       quantile regression as a linear programme.

Arrays in, arrays out. Start with ``shrinkage``.
"""
