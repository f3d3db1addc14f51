"""Forked processes are kept alive, and end with the one that asked for them."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from service.cli.workers.forks import check_single

SCRIPT = """
import os, socket, sys, time
from pathlib import Path
from service.cli.workers.forks import Forks
from service.cli.workers.order import READY, RENEW

folder, control = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
control.setblocking(False)

class Reports:
    def answering(self): control.send(READY)
    def ended(self, slot): print("ended", slot, flush=True)
    def renew(self): control.send(RENEW)

def work(slot, replaces, channel):
    {body}

sys.exit(Forks([4, 5], work, control, Reports(), patience=2.0).run())
"""
FAILS_TWICE = """
    (folder / f"{slot}-{os.getpid()}").touch()
    channel.send(READY)
    if slot == 4 and len(list(folder.glob("4-*"))) < 3:
        time.sleep(0.2)
        os._exit(3)
    assert replaces == (slot == 4)
    channel.send(RENEW)
    channel.recv(1)
    os._exit(0)
"""
NEVER_READY = """
    if slot == 4:
        os._exit(3)
    channel.recv(1)
"""


class Started:
    def __init__(self, folder: Path, body: str) -> None:
        self.control, theirs = socket.socketpair()
        self.control.settimeout(20)
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT.format(body=body), str(folder), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdout=subprocess.PIPE,
            text=True,
        )
        theirs.close()


def test_who_ends_unasked_is_forked_again_until_the_control_ends(tmp_path: Path) -> None:
    started = Started(tmp_path, FAILS_TWICE)
    with started.process, started.control:
        assert started.control.recv(1) == b"!"
        assert {started.control.recv(1), started.control.recv(1)} == {b"+"}
        started.control.close()
        said, _ = started.process.communicate(timeout=20)
    assert started.process.returncode == 0
    assert sorted(said.split("\n")) == ["", "ended 4", "ended 4", "ended 4", "ended 5"]


def test_if_one_does_not_come_up_all_end(tmp_path: Path) -> None:
    started = Started(tmp_path, NEVER_READY)
    with started.process, started.control:
        assert started.process.wait(20) == 1


def test_a_process_with_threads_is_not_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with pytest.raises(RuntimeError, match="threads"):
        check_single()
    done.set()
    thread.join()
