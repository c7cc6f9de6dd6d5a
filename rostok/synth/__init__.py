"""A synthetic region or country: fictitious schools, realistic results, known truth, files in every layout.

Start at ``region.generate``; ``writing.write_region`` writes the files of a region, ``national.write_national``
a country straight into a stored version. ``papers`` is the model of answers, ``truth`` what is true of it.
"""

from rostok.synth.folders import files_below
from rostok.synth.national import write_national
from rostok.synth.region import Region, generate
from rostok.synth.writing import write_region

__all__ = ["Region", "files_below", "generate", "write_national", "write_region"]
