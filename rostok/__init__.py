"""Росток: finds schools whose pupils need support, says why, and how sure the data let us be.

Start reading at ``rostok.pipeline`` (what happens), then ``rostok.methodology`` (what is decided).
"""

__version__ = "0.1.0"
