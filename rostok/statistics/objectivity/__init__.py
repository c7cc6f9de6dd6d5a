"""Can the results be trusted: what was seen in the scores of a school, and how unlikely it is under honest marking.

``official`` and ``journal`` describe: formulas of documents, without p-values. ``boundaries``, ``patterns`` and
``crossing`` test a null hypothesis that honest marking makes true, with real differences between schools inside
it; ``combining`` joins the three per school and holds the rate of false discoveries over schools.
``participation`` describes absences. Everything takes counts and gives arrays; start with ``combining``.
"""
