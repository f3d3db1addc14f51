"""Files appear whole; what is no file is written to and stays what it is."""

import os
import threading
from pathlib import Path

import pytest

from service.cli.output.writing import write_whole


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_bytes(b"before, and longer")
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    write_whole(path, b"a page")
    reader.join(10)
    assert read == [b"a page"] and path.is_fifo()


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"a page")
    assert (tmp_path / "folder").is_dir()
