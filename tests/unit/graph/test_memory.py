"""Mapped arrays say what the library itself reads from the file, also after they were let go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from graph.memory import give_back, let_go, mapped_arrays


def test_mapped_arrays_are_those_of_the_file(tmp_path: Path) -> None:
    kinds = (np.bool_, np.uint8, np.int8, np.int32, np.int64, np.float32, np.float64)
    arrays = {str(kind): np.arange(12).reshape(3, 4).astype(kind) for kind in kinds}
    arrays["nothing"] = np.zeros((0, 4), dtype=np.float32)
    save_file(arrays, tmp_path / "some.safetensors")
    mapped = mapped_arrays(tmp_path / "some.safetensors")
    let_go(mapped.values())
    give_back()
    for name, array in load_file(tmp_path / "some.safetensors").items():
        assert mapped[name].dtype == array.dtype
        assert mapped[name].shape == array.shape
        assert mapped[name].tolist() == array.tolist()
    with pytest.raises(ValueError, match="read-only"):
        mapped[str(np.int64)][0] = 1


@pytest.mark.parametrize("content", [b"", b"\x02\x00\x00\x00\x00\x00\x00\x00[]", b"no header"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some").write_bytes(content)
    with pytest.raises(ValueError):
        mapped_arrays(tmp_path / "some")
