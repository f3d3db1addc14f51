"""What a disk would hold of a process's files if its machine lost power: told by its own calls."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CALL = re.compile(r"^(\d+) +(write|pwrite64|fsync|fdatasync)\((\d+)<([^>]+)>(.*)$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (?:write|pwrite64|fsync|fdatasync) resumed>(.*)$")
DONE = re.compile(r"= (\d+)\s*$")


@contextmanager
def traced(pid: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Note what a running process writes and flushes, until it ends.

    Raises TimeoutExpired where strace does not end, so that its notes may not be whole.
    """
    command = ["strace", "-f", "-y", "-s", "0", "-e", "trace=write,pwrite64,fsync,fdatasync"]
    tracer = subprocess.Popen([*command, "-o", str(log), "-p", str(pid)], stderr=subprocess.PIPE)
    assert tracer.stderr
    assert b"attached" in tracer.stderr.readline()
    time.sleep(0.2)  # the other threads, after the first
    try:
        yield tracer
    finally:
        tracer.terminate()
        try:
            tracer.communicate(timeout=20)
        except subprocess.TimeoutExpired:  # it waits for a thread that is gone already
            tracer.kill()
            tracer.communicate()
            raise


def flushed_bytes(log: Path) -> dict[str, int]:
    """Return how many bytes of each file had been written before it was last flushed."""
    written: dict[str, int] = {}
    flushed: dict[str, int] = {}
    began: dict[str, tuple[str, str, str, int]] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if call := CALL.match(line):
            thread, name, _, path, rest = call.groups()
            began[thread] = (name, path, rest, written.get(path, 0))
        elif resumed := RESUMED.match(line):
            thread, rest = resumed.groups()
        else:
            continue
        done = DONE.search(rest)
        if thread not in began or not done:
            continue
        name, path, said, before = began.pop(thread)
        if name in ("fsync", "fdatasync"):
            flushed[path] = before  # what was written while it was flushed may not be on disk
        elif name == "write":
            written[path] = written.get(path, 0) + int(done[1])
        else:
            offset = int((said.split(" <unfinished")[0].split(",")[-1]).split(")")[0])
            written[path] = max(written.get(path, 0), offset + int(done[1]))
    return flushed
