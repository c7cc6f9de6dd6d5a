"""How many other intakes may be drawn: said once, for the command line and for a plan written in Python."""

from __future__ import annotations

from rostok.wording import gettext

# Powers of two: only then are the points of a Sobol sequence evenly spread. Fewer than 64 say a probability to
# within 0.05 at best, more than 8192 say nothing that the model itself knows.
DRAWS = (64, 128, 256, 512, 1024, 2048, 4096, 8192)


def check_draws(draws: int) -> None:
    """Raises ValueError with a sentence for people unless ``draws`` is one of ``DRAWS``."""
    if draws not in DRAWS:
        raise ValueError(
            gettext(
                "Число повторений для устойчивости — степень двойки: {possible}. Задано {draws}.",
                possible=", ".join(map(str, DRAWS)),
                draws=draws,
            )
        )
