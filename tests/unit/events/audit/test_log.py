"""The record of acts on disk: durable, signed, closed to what was changed, and found out."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.audit.checkpoint import Checkpoint
from events.audit.entry import Act, Action, Entry, Role
from events.audit.errors import AuditDamaged, AuditUnavailable, ProofRefused
from events.audit.log import AuditLog
from events.audit.merkle import Frontier
from events.audit.proofs import prove_entry, prove_growth
from events.audit.tiles import publish
from events.audit.verification import verify
from service.opening import audit_log
from tests.unit.events.audit import outsider

TAMPERINGS = int(os.environ.get("TASTEGRAPH_TEST_TAMPERINGS", "3000"))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRITER = """
import asyncio, sys
from pathlib import Path
from service.opening import audit_log
from events.audit.entry import Act, Action, Role
log = audit_log(Path(sys.argv[1]))
async def work():
    for number in range(int(sys.argv[3])):
        who = f"{sys.argv[2]}-{number}"
        await log.record(Act(Action.DECLARE, who, Role.PERSON, who, ("allergies",), "graphql"))
        print(number, flush=True)
asyncio.run(work())
"""
# what Go's golang.org/x/mod/sumdb/note documents, to see that the outsider reads notes as it does
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)


def act(number: int, action: Action = Action.DECLARE) -> Act:
    who = f"ann-{number}"
    return Act(action, who, Role.PERSON, who, ("allergies",), "graphql")


def opened(home: Path) -> AuditLog:
    return audit_log(home, lambda: NOW)


def filled(home: Path, entries: int) -> AuditLog:
    log = opened(home)
    for start in range(0, entries, 16):
        asyncio.run(log.record(*[act(number) for number in range(start, min(start + 16, entries))]))
    return log


def test_the_outsider_reads_notes_as_go_does() -> None:
    assert outsider.note_text(GO_NOTE, GO_KEY).startswith("If you think")


def test_what_is_recorded_names_fields_and_nobody(tmp_path: Path) -> None:
    log = opened(tmp_path)
    asyncio.run(log.record(act(1), Act(Action.ERASE, "olga", Role.COMMAND, "ann-1", ("all",), "x")))
    written = log.entries_file.read_bytes()
    assert b"ann-1" not in written and log.entries_file.stat().st_mode & 0o077 == 0
    mine = log.pseudonyms.of("ann-1")
    newest, oldest = asyncio.run(log.about("ann-1", 10))
    assert oldest == Entry(
        "2026-03-01T12:00:00.000Z", "declare", mine, "person", mine, ["allergies"], "graphql", ""
    )
    assert (newest.actor, newest.action, newest.about) == ("olga", "erase", mine)
    assert asyncio.run(log.about("ann-2", 10)) == []
    assert opened(tmp_path / "other").pseudonyms.of("ann-1") != mine


def test_a_person_sees_what_is_new_and_no_more_than_asked(tmp_path: Path) -> None:
    log, other = opened(tmp_path), opened(tmp_path)
    for action in (Action.DECLARE, Action.CONSENT, Action.EXPORT):
        asyncio.run(other.record(act(1, action), act(2)))
        assert asyncio.run(log.about("ann-1", 1))[0].action == action
    assert len(asyncio.run(log.about("ann-1", 2))) == 2


def test_an_outsider_verifies_what_is_published(tmp_path: Path) -> None:
    log = filled(tmp_path / "home", 300)
    assert publish(log, tmp_path / "www") == 300
    note = (tmp_path / "www" / "checkpoint").read_text(encoding="utf-8")
    size, root = outsider.checkpoint(note, log.signer.verifier_key)
    entries = outsider.published_entries(tmp_path / "www", size)
    assert len(entries) == 300 and b'"action":"declare"' in entries[0]
    leaves = outsider.published_hashes(tmp_path / "www", 0, size)
    assert [outsider.leaf(entry) for entry in entries] == leaves
    assert outsider.tree_hash(leaves) == root
    assert outsider.published_hashes(tmp_path / "www", 1, 1) == [outsider.tree_hash(leaves[:256])]


def test_an_outsider_verifies_proofs(tmp_path: Path) -> None:
    log = filled(tmp_path, 20)
    kept, key = log.note(), log.signer.verifier_key
    asyncio.run(log.record(*[act(number) for number in range(20, 33)]))
    size, root = outsider.checkpoint(log.note(), key)
    head, _, note = prove_entry(log, 7).text().partition("\n\n")
    form, index, *hashes = head.splitlines()
    assert (form, index) == ("c2sp.org/tlog-proof@v1", "index 7")
    line = log.entries_file.read_bytes().splitlines()[7]
    path = [b64decode(code) for code in hashes]
    assert outsider.checkpoint(note, key) == (size, root) == (33, root)
    assert outsider.includes(7, size, outsider.leaf(line), path, root)
    growth = prove_growth(log, kept)
    path = [b64decode(code) for code in growth.hashes]
    then_size, then = outsider.checkpoint(kept, key)
    assert outsider.continues(then_size, size, then, root, path)
    with pytest.raises(ProofRefused, match="no entry 33"):
        prove_entry(log, 33)


def test_a_kept_checkpoint_tells_of_a_history_written_anew(tmp_path: Path) -> None:
    log = filled(tmp_path, 20)
    kept = log.note()
    for name in ("entries", "checkpoint", "tree"):
        (tmp_path / "audit" / name).unlink()
    filled(tmp_path, 10)
    assert (
        verify(opened(tmp_path)).findings == []
    )  # signed with the key itself: inside, all is well
    assert "some are gone" in verify(opened(tmp_path), kept).findings[0]
    asyncio.run(opened(tmp_path).record(*[act(90 + number) for number in range(12)]))
    assert "do not begin" in verify(opened(tmp_path), kept).findings[0]
    with pytest.raises(ProofRefused, match="does not continue"):
        prove_growth(opened(tmp_path), kept)


Change = Callable[[random.Random, bytes, bytes], tuple[bytes, bytes]]


def other_byte(drawn: random.Random, text: bytes) -> bytes:
    at = drawn.randrange(len(text))
    return text[:at] + bytes([text[at] ^ drawn.randrange(1, 256)]) + text[at + 1 :]


def byte_of_entries(drawn: random.Random, entries: bytes, note: bytes) -> tuple[bytes, bytes]:
    return other_byte(drawn, entries), note


def byte_of_checkpoint(drawn: random.Random, entries: bytes, note: bytes) -> tuple[bytes, bytes]:
    return entries, other_byte(drawn, note)


def cut(drawn: random.Random, entries: bytes, note: bytes) -> tuple[bytes, bytes]:
    return entries[: drawn.randrange(len(entries))], note


def other_lines(drawn: random.Random, entries: bytes, note: bytes) -> tuple[bytes, bytes]:
    lines = entries.splitlines(keepends=True)
    one, other = drawn.sample(range(len(lines)), 2)
    kind = drawn.randrange(4)
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines.insert(other, lines[one])
    elif kind == 2:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines[one] = lines[one].replace(b"declare", b"consent")
    return b"".join(lines), note


def other_size(drawn: random.Random, entries: bytes, note: bytes) -> tuple[bytes, bytes]:
    origin, size, rest = note.split(b"\n", 2)
    keep = drawn.randrange(int(size))
    lines = entries.splitlines(keepends=True)[:keep]
    return b"".join(lines), b"\n".join([origin, str(keep).encode(), rest])


CHANGES: list[Change] = [byte_of_entries, byte_of_checkpoint, cut, other_lines, other_size]


def test_every_tampering_is_found_and_stays_found(tmp_path: Path) -> None:
    log = filled(tmp_path, 40)
    entries, checkpoint = log.entries_file, tmp_path / "audit" / "checkpoint"
    before, note = entries.read_bytes(), checkpoint.read_bytes()
    tree, drawn = (tmp_path / "audit" / "tree").read_bytes(), random.Random(5)
    for number in range(TAMPERINGS):
        change = CHANGES[number % len(CHANGES)]
        changed, other_note = change(drawn, before, note)
        assert (changed, other_note) != (before, note)
        entries.write_bytes(changed)
        checkpoint.write_bytes(other_note)
        assert verify(log).findings, (number, change.__name__)
        if number % 50 == 0:
            # an append reads the old entries only if it must: it may refuse, and hides nothing
            with suppress(AuditDamaged):
                asyncio.run(opened(tmp_path).record(act(0)))
            assert verify(log).findings, (number, change.__name__)
            (tmp_path / "audit" / "tree").write_bytes(tree)
    entries.write_bytes(before)
    checkpoint.write_bytes(note)
    assert verify(log).findings == []


def test_what_a_killed_append_left_is_put_aside(tmp_path: Path) -> None:
    log = filled(tmp_path, 20)
    with log.entries_file.open("ab") as file:
        file.write(b'{"about":"never acknow')
    assert "never signed" in verify(log).findings[0]
    asyncio.run(log.record(act(21)))
    assert (tmp_path / "audit" / "unsigned").read_bytes() == b'{"about":"never acknow'
    assert (verify(log).findings, verify(log).size) == ([], 21)


@pytest.mark.parametrize("gone", ["checkpoint", "entries"])
def test_a_record_whose_parts_are_gone_takes_nothing(tmp_path: Path, gone: str) -> None:
    filled(tmp_path, 3)
    (tmp_path / "audit" / gone).unlink()
    assert verify(opened(tmp_path)).findings
    with pytest.raises(AuditDamaged):
        asyncio.run(opened(tmp_path).record(act(0)))


def test_another_key_signs_nothing_of_ours(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    (tmp_path / "keys" / "audit.key").unlink()
    assert "not signed by this key" in verify(opened(tmp_path)).findings[0]
    with pytest.raises(AuditDamaged):
        asyncio.run(opened(tmp_path).record(act(0)))


def test_a_full_disk_is_told_and_the_record_goes_on(tmp_path: Path) -> None:
    log = filled(tmp_path, 3)
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.entries_file.stat().st_size + 20, most[1]))
    try:
        with pytest.raises(AuditUnavailable, match="Check the space"):
            asyncio.run(log.record(act(0)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    asyncio.run(log.record(act(0)))
    assert (verify(log).findings, verify(log).size) == ([], 4)


def test_processes_add_to_one_record_and_one_is_killed(tmp_path: Path) -> None:
    def writer(name: str, most: int) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", WRITER, str(tmp_path), name, str(most)]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    first, second, killed = writer("a", 25), writer("b", 25), writer("c", 10_000)
    assert killed.stdout
    said = [killed.stdout.readline() for _ in range(10)]
    killed.kill()
    said += killed.stdout.readlines()
    assert (first.communicate()[0].split()[-1], second.communicate()[0].split()[-1]) == ("24", "24")
    killed.wait()
    killed.stdout.close()
    log = opened(tmp_path)
    asyncio.run(log.record(act(0)))
    assert verify(log).findings == []
    for name, count in (("a", 25), ("b", 25), ("c", len(said))):
        for number in range(count):
            assert len(asyncio.run(log.about(f"{name}-{number}", 5))) == 1


def test_a_signer_reads_only_what_it_would_write(tmp_path: Path) -> None:
    signer = opened(tmp_path).signer
    note = signer.sign(Checkpoint(0, Frontier().root))
    assert signer.read(note) == Checkpoint(0, Frontier().root)
    for other in (note.replace("\n0\n", "\n00\n"), f"{note}\n", note.replace("\n", "\r\n"), ""):
        with pytest.raises(AuditDamaged):
            signer.read(other)
