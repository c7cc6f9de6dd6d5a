"""The command line: ``rostok …``. Parses words, calls the pipeline, shows progress; decides nothing.

Analysis commands run without Django. Heavy imports happen inside a command, so that ``--help`` is quick.
Start with ``main``.
"""
