# SPDX-License-Identifier: MIT
"""Enough of the safetensors layout to write a file: length, JSON header, little-endian data."""
import json
import struct

import numpy as np

NAMES = {"float32": "F32", "int32": "I32"}


def write(path, arrays, metadata):
    """arrays: name -> float32 or int32 array; metadata: str -> str."""
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for name, a in arrays.items():
        a = np.ascontiguousarray(a)
        header[name] = {"dtype": NAMES[a.dtype.name], "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        blobs.append(a.astype(a.dtype.newbyteorder("<")).tobytes())
        at += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
