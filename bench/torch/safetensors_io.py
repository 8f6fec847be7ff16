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
        header[name] = {"dtype": NAMES[a.dtype.name], "shape": list(a.shape),
                        "data_offsets": [at, at + a.nbytes]}
        blobs.append(a.astype(a.dtype.newbyteorder("<")).tobytes())
        at += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read(path):
    """name -> array of a file as write() makes it."""
    with open(path, "rb") as f:
        size, = struct.unpack("<Q", f.read(8))
        header, data = json.loads(f.read(size)), f.read()
    types = {short: np.dtype(name) for name, short in NAMES.items()}
    return {name: np.frombuffer(data[slice(*t["data_offsets"])], types[t["dtype"]].newbyteorder("<")).reshape(t["shape"])
            for name, t in header.items() if name != "__metadata__"}
