"""Memory: arrays in files that are mapped, so that all who read them share them; what to give back.

The files are of the safetensors format.
"""

from __future__ import annotations

import ctypes
import json
import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

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
    header: Any = json.loads(whole[8:begin])
    if not isinstance(header, dict):
        raise ValueError(f"{path} does not begin with the names of its arrays")
    arrays = cast("dict[str, Any]", header)
    arrays.pop("__metadata__", None)
    return {name: _array(whole, begin, about) for name, about in arrays.items()}


def let_go(arrays: Iterable[npt.NDArray[Any]]) -> None:
    """Take no memory for what was read of mapped arrays: what is read again comes from the file."""
    mapped = {id(array.base): array.base for array in arrays}
    for whole in mapped.values():
        if isinstance(whole, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            whole.madvise(mmap.MADV_DONTNEED)


def _array(whole: mmap.mmap, begin: int, about: dict[str, Any]) -> Any:
    kind: np.dtype[Any] = np.dtype(_TYPES[about["dtype"]])
    first, end = about["data_offsets"]
    if first == end:
        return np.zeros(about["shape"], dtype=kind)
    shape: list[int] = about["shape"]
    array: Any = np.ndarray(shape, kind, whole, begin + first)
    return array


def give_back() -> None:
    """Return memory that was taken for a while to the system, where the C library can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
