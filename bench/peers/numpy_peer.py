"""NumPy's side of bench/kernel.ts: reads one JSON request a line from stdin, answers one JSON line on stdout.

{"prepare": {"dtype": "float32", "n": 1024}} -> {"ready": true}          makes new operands
{"run": 3}                                   -> {"ms": [11.2, 10.9, ..]} multiplies them so often, each timed by itself

The number of threads is the environment's (OPENBLAS_NUM_THREADS).
"""
import json
import os
import sys
import time

import numpy as np


def blas():
    """The file name of the BLAS library that is loaded into this process, where /proc tells."""
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1] for line in maps if "blas" in line}
    except OSError:
        return "unknown BLAS"
    names = sorted({os.path.basename(os.path.realpath(name)) for name in files})
    return next((name for name in names if "openblas" in name), ", ".join(names) or "unknown BLAS")


def answer(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


a = b = c = np.zeros((1, 1))
np.matmul(a, b, out=c)
answer({"numpy": np.__version__, "blas": blas()})
for line in sys.stdin:
    request = json.loads(line)
    if "prepare" in request:
        n, dtype = request["prepare"]["n"], request["prepare"]["dtype"]
        generator = np.random.default_rng(n)
        a = (generator.random((n, n)) - 0.5).astype(dtype)
        b = (generator.random((n, n)) - 0.5).astype(dtype)
        c = np.empty((n, n), dtype)
        np.matmul(a, b, out=c)
        answer({"ready": True})
    else:
        times = []
        for _ in range(request["run"]):
            start = time.perf_counter()
            np.matmul(a, b, out=c)
            times.append((time.perf_counter() - start) * 1e3)
        answer({"ms": times})
