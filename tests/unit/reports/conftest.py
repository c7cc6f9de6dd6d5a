import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_sample import sample_report


@pytest.fixture(scope="session")
def report():
    """A synthetic region of 60 schools, enough for every kind of line to occur."""
    return sample_report(schools=60)
