"""Dask distributed's side of bench/cluster.ts.

dask_files.py serve WORKERS          a cluster of processes with one thread each; prints its address, ends with its stdin
dask_files.py ADDRESS A.npy B.npy C.npy CHUNK      the user's command: C = A @ B by way of that cluster

Workers read their chunks from the mapped files and write theirs into the mapped result: no matrix passes through the
scheduler or the client. Chunks of A are CHUNK rows, those of B CHUNK columns, so that no sums of partial products move.
"""
import sys


class Npy:
    """A .npy file as a source and a target of chunks that travels as its name."""

    def __init__(self, path, mode="r"):
        import numpy as np

        self.path, self.mode = path, mode
        array = np.load(path, mmap_mode="r")
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim

    def __getitem__(self, index):
        import numpy as np

        return np.array(np.load(self.path, mmap_mode="r")[index])

    def __setitem__(self, index, chunk):
        import numpy as np

        np.load(self.path, mmap_mode="r+")[index] = chunk


def serve(workers):
    from distributed import LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


def multiply(address, a, b, c, chunk):
    import dask.array as da
    import numpy as np
    from distributed import Client

    with Client(address):
        source_a, source_b = Npy(a), Npy(b)
        (m, k), n = source_a.shape, source_b.shape[1]
        x = da.from_array(source_a, chunks=(chunk, k), asarray=False)
        y = da.from_array(source_b, chunks=(k, chunk), asarray=False)
        np.lib.format.open_memmap(c, mode="w+", dtype=source_a.dtype, shape=(m, n))
        da.store(x @ y, Npy(c), lock=False)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        multiply(*sys.argv[1:5], int(sys.argv[5]))
