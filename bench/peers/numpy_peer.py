"""NumPy's side of the benchmark: the protocol of bench/serve.ts, one JSON request a line, one JSON answer a line.

{"prepare": {"dtype", "m", "n", "k"}} -> {"ms": 11.2}                new operands, warm time of one product
{"run": {"repeats": 3, "batch": 1}}   -> {"ms": [11.2, 10.9, ...]}   milliseconds a product, of each batch

The argument `expression` is for min-plus alone: in a single expression. The number of threads is the environment's (OPENBLAS_NUM_THREADS).
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


expression = "expression" in sys.argv[1:]
a = b = c = np.zeros((1, 1))
np.matmul(a, b, out=c)
answer({"about": f"NumPy {np.__version__}, {blas()}"})


def multiply():
    """C = A * B; min-plus by broadcasting: in one expression, with a temporary of m x k x n, or a row of C at a time, which is faster."""
    if semiring == "min-plus" and expression:
        np.copyto(c, (a[:, :, None] + b[None]).min(1))
    elif semiring == "min-plus":
        for row in range(a.shape[0]):
            np.min(a[row][:, None] + b, axis=0, out=c[row])
    else:
        np.matmul(a, b, out=c)


def timed(batch):
    """Milliseconds a product, of `batch` products."""
    start = time.perf_counter()
    for _ in range(batch):
        multiply()
    return (time.perf_counter() - start) * 1e3 / batch


def operand(generator, rows, columns, dtype):
    """From -0.5 to 0.5; int32: whole numbers from -50 to 50."""
    scale = 100 if dtype == "int32" else 1
    return ((generator.random((rows, columns)) - 0.5) * scale).astype(dtype)


for line in sys.stdin:
    request = json.loads(line)
    if "prepare" in request:
        m, n, k, dtype = (request["prepare"][name] for name in ("m", "n", "k", "dtype"))
        semiring = request["prepare"].get("semiring", "plus-times")
        generator = np.random.default_rng(n)
        a = operand(generator, m, k, dtype)
        b = operand(generator, k, n, dtype)
        c = np.empty((m, n), dtype)
        first = timed(1)
        answer({"ms": first if first > 500 else min(first, timed(1), timed(1))})
    else:
        batch = request["run"]["batch"]
        answer({"ms": [timed(batch) for _ in range(request["run"]["repeats"])]})
