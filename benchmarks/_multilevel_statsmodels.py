"""statsmodels on a Parquet file, its defaults; the last line is JSON. Reading is not counted."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
import statsmodels.formula.api as smf


def main() -> None:
    data = pd.read_parquet(sys.argv[1])
    started = time.perf_counter()
    found = smf.mixedlm("score ~ prior + sex + ses + context + size", data, groups=data["school"]).fit()
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "seconds": seconds,
                "criterion": -2 * float(found.llf),
                "between": float(found.cov_re.iloc[0, 0]),
            }
        )
    )


if __name__ == "__main__":
    main()
