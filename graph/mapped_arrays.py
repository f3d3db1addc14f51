"""Arrays in a file of the safetensors format, mapped into memory and shared by all who read it."""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_TYPES = {
    "BOOL": np.bool_,
    "U8": np.uint8,
    "I8": np.int8,
    "I32": np.int32,
    "I64": np.int64,
    "F32": np.float32,
    "F64": np.float64,
}


def mapped_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a file by name, read-only; pages are read when they are first used.

    The library itself copies arrays of NumPy. Raises OSError, or ValueError for what is no such
    file; whether the contents are right is the caller's to check.
    """
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    begin = 8 + int.from_bytes(whole[:8], "little")
    header: dict[str, Any] = json.loads(whole[8:begin])
    header.pop("__metadata__", None)
    return {name: _array(whole, begin, about) for name, about in header.items()}


def _array(whole: mmap.mmap, begin: int, about: dict[str, Any]) -> Any:
    kind: np.dtype[Any] = np.dtype(_TYPES[about["dtype"]])
    first, end = about["data_offsets"]
    if first == end:
        return np.zeros(about["shape"], dtype=kind)
    shape: list[int] = about["shape"]
    array: Any = np.ndarray(shape, kind, whole, begin + first)
    return array
