"""The words every other package uses: assessments, periods, keys, scales, declared tables, problems.

The bottom of the import order: imports nothing of ours but ``wording``. Start with ``assessments`` and
``tables``; what can be wrong with a file stands in ``problems``.
"""
