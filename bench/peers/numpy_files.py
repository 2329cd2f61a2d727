"""NumPy's side of bench/cluster.ts, as a user would write it: numpy_files.py A.npy B.npy C.npy"""
import sys

import numpy as np

a, b, c = sys.argv[1:]
np.save(c, np.load(a) @ np.load(b))
