# SPDX-License-Identifier: MIT
"""One measurement, in the form that bench/line.h writes."""
import json
import resource


def line(bench, what, threads, unit, value):
    print(json.dumps({"bench": bench, "what": what, "threads": threads, "unit": unit, "value": float(f"{value:.6g}")}), flush=True)


def peak(bench, what, threads):
    """Resident memory of this process, at most so far."""
    line(bench, what, threads, "MiB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
