"""Statistical procedures on counts and sums: numpy and scipy only, no files, no engine, no clock.

``intervals``   intervals of a share;
``angular``     the scale on which shares of small and large classes can be compared;
``cells``       the input of the model of another intake: school × assessment counts;
``deviations``  how far cells lie from the region;
``classes``     whether cohorts of many classes vary less than cohorts of one;
``components``  what of the differences between schools persists and what comes with the children;
``intake``      another intake of the same schools: replicates, pooled shares, chance;
``firmness``    from replicates to the probability and the word;
``chance``      how many listings chance alone would give, by school size.

``item_scores``, ``classical``, ``rasch``, ``abilities``, ``item_fit``, ``differential``, ``placement``,
``linking``: a table of item scores as counts, and what is computed of items from them; start with ``rasch``.
``item_sums``   sums of the items of a paper per unit: what a reduction leaves of scripts;
``gaps``        learning-gap maps: percent correct, intervals, verdicts, differences, groups by marks;
``clusters``    how alike pupils of one class or school answer, and what that does to a mean;
``subscores``   does the score of a skill say more of it than the total.
``context``     a social index from indicators: weights, missing answers, tenths; ``context_sensitivity``;
``association`` how two figures of schools go together; ``standing``: where a school stands on its papers;
``matching``    schools in like conditions, and who did better there;
``multilevel``  pupils in schools in municipalities: mixed models from cross products; effects of schools.
``growth``      changes of schools beside the region, shrunken; series, moves between groups, growth percentiles;
``composites``  kinds of schools by several results: Gaussian mixtures and how stable they are;
``resilience``  P(effect > δ in worse conditions), the error of the index of conditions carried along.

Start with ``intake``. What a verdict is, is not known here: callers evaluate replicates by a methodology.
"""
