"""Keys and what they seal: whose, which field, changed, erased, rotated."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import MasterKeyInvalid, ProfileSealed
from graph.sealing import person_keys
from graph.sealing.aeads import Key
from graph.sealing.key_store import KeyStore
from graph.sealing.master_keys import KeysOfFile, KeysOfText, document
from graph.sealing.opening import open_sealing
from graph.sealing.person_keys import PersonKeys
from graph.sealing.rotation import rotate
from graph.sealing.sealing import FIELDS, PADDING, Sealing

SAID = {
    "allergies": [["milk", "SEVERE", False, None], ["celery", "MILD", True, "import"]],
    "avoids": [["gin", None]],
    "diets": [],
    "limits": [5.0, None],
    "unresolved": None,
    "declared": ["2026-11-21T08:00:00Z", "eu-14"],
}
NOTHING = {**{field: [] for field in FIELDS}, "limits": [None, None], "declared": [None, None]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    KeysOfFile.kept(tmp_path / "master.key")
    return tmp_path


@pytest.fixture
def sealing(home: Path) -> Iterator[Sealing]:
    with opened(home) as sealing:
        yield sealing


def opened(home: Path, tenant: str = "default"):
    return open_sealing(home / "people.db", KeysOfFile(home / "master.key"), tenant)


def seal(sealing: Sealing, person: str) -> list[str]:
    return sealing.seals([person])[person].fields(SAID)


def test_what_was_sealed_is_opened_and_looks_alike_whatever_it_is(sealing: Sealing) -> None:
    sealed = seal(sealing, "ann")
    assert sealing.open("ann", sealed) == SAID
    empty = sealing.seals(["ann"])["ann"].fields(NOTHING)
    assert [len(text) for text in empty] == [len(text) for text in sealed]
    assert len(json.dumps(SAID["allergies"])) < PADDING
    assert not set(sealed) & set(seal(sealing, "ann"))


def test_it_opens_for_its_person_field_and_tenant_alone(sealing: Sealing, home: Path) -> None:
    ann, ben = seal(sealing, "ann"), seal(sealing, "ben")
    wrong = [
        ben,
        [*ann[1:], ann[0]],
        [ben[0], *ann[1:]],
        ann[:-1],
        [*ann, ann[0]],
        ["", *ann[1:]],
        ["not base64", *ann[1:]],
        [ann[0][:-4] + "AAAA", *ann[1:]],
    ]
    for fields in wrong:
        with pytest.raises(ProfileSealed):
            sealing.open("ann", fields)
    with opened(home, "another shop") as other, pytest.raises(ProfileSealed):
        other.open("ann", ann)
    assert sealing.open("ann", ann) == SAID


def test_a_text_is_opened_and_one_in_the_clear_is_left(sealing: Sealing) -> None:
    text = sealing.seals(["ann"])["ann"].text("undo", '{"milk": 1}')
    assert "milk" not in text
    assert sealing.open_text("ann", "undo", text) == '{"milk": 1}'
    assert sealing.open_text("ann", "undo", "{}") == "{}"
    with pytest.raises(ProfileSealed):
        sealing.open_text("ann", "fingerprint", text)


def test_no_file_can_be_read_by_others(sealing: Sealing, home: Path) -> None:
    seal(sealing, "ann")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert {"master.key", "people.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_destroyed_key_is_in_no_file_and_no_memory(sealing: Sealing, home: Path) -> None:
    sealed, others = seal(sealing, "ann"), seal(sealing, "ben")
    wrapped = sealing.keys.store.find(["ann"])["ann"].key
    with opened(home) as elsewhere:
        assert elsewhere.open("ann", sealed) == SAID
        assert sealing.destroy(["ann", "nobody"]) == 1
        assert not any(wrapped in path.read_bytes() for path in home.iterdir())
        elsewhere.forget_people("ann".__eq__)
        for each in (sealing, elsewhere):
            with pytest.raises(ProfileSealed):
                each.open("ann", sealed)
            assert each.open("ben", others) == SAID
        # who comes back gets a key of their own, and a process with the old one learns of it
        again = seal(elsewhere, "ann")
        assert sealing.open("ann", again) == SAID
        with pytest.raises(ProfileSealed):
            sealing.open("ann", sealed)


def test_a_key_that_another_process_replaced_is_looked_up(sealing: Sealing, home: Path) -> None:
    seal(sealing, "ann")
    with opened(home) as elsewhere:
        elsewhere.destroy(["ann"])
        sealed = seal(elsewhere, "ann")
    assert sealing.open("ann", sealed) == SAID
    assert sealing.open("ann", seal(sealing, "ann")) == SAID


def test_without_the_master_key_nothing_opens(sealing: Sealing, home: Path) -> None:
    sealed = seal(sealing, "ann")
    (home / "master.key").rename(home / "elsewhere.key")
    with pytest.raises(MasterKeyInvalid, match="cannot be read"), opened(home):
        pass
    KeysOfFile.kept(home / "master.key")
    with pytest.raises(MasterKeyInvalid, match="1 keys of people"), opened(home):
        pass
    (home / "master.key").write_text("{}")
    with pytest.raises(MasterKeyInvalid, match="not a master key"), opened(home):
        pass
    (home / "elsewhere.key").rename(home / "master.key")
    with opened(home) as again:
        assert again.open("ann", sealed) == SAID


def test_a_secret_of_the_environment_is_a_master_key_too(home: Path) -> None:
    secret = KeysOfText(document(Key.made()), "TASTEGRAPH_MASTER_KEY")
    with open_sealing(home / "other.db", secret) as sealing:
        assert sealing.open("ann", seal(sealing, "ann")) == SAID
    with pytest.raises(MasterKeyInvalid, match="not a master key"):
        KeysOfText("hunter2", "TASTEGRAPH_MASTER_KEY")


def test_a_rotation_leaves_what_is_sealed_and_no_old_key(sealing: Sealing, home: Path) -> None:
    sealed = {f"person-{n}": seal(sealing, f"person-{n}") for n in range(30)}
    masters = KeysOfFile(home / "master.key")
    old = masters.current
    done = rotate(sealing.keys.store, masters)
    assert done.rewrapped == 30 and done.master != old
    assert sealing.keys.store.masters() == {done.master: 30}
    assert masters.ids == {done.master}
    with opened(home) as elsewhere:
        assert all(elsewhere.open(person, each) == SAID for person, each in sealed.items())
    assert sealing.open("person-3", sealed["person-3"]) == SAID
    assert seal(sealing, "new") and sealing.keys.store.masters() == {done.master: 31}


@pytest.mark.parametrize("breaks", ["retire", "wrapped_otherwise", "rewrap"])
def test_a_rotation_that_was_broken_off_is_finished(
    sealing: Sealing, home: Path, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    sealed = seal(sealing, "ann")
    masters = KeysOfFile(home / "master.key")
    with monkeypatch.context() as broken:
        broken.setattr(KeyStore, breaks, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rotate(sealing.keys.store, masters)
    begun = masters.current
    assert sealing.open("ann", sealed) == SAID and seal(sealing, "ben")
    assert rotate(sealing.keys.store, masters).master == begun
    with opened(home) as elsewhere:
        assert elsewhere.open("ann", sealed) == SAID


def test_nothing_is_wrapped_with_a_retired_key(sealing: Sealing, home: Path) -> None:
    """A process that read the old master key just before a rotation wraps again with the new."""
    masters = sealing.keys.masters
    old, aead = masters.current, masters.aead(masters.current)

    class Late(KeysOfFile):
        asked = 0

        @property
        def current(self) -> str:
            self.asked += 1
            return old if self.asked == 1 else super().current

        def aead(self, key_id: str):
            return aead if key_id == old else super().aead(key_id)

    rotate(sealing.keys.store, KeysOfFile(home / "master.key"))
    late = Sealing(PersonKeys(sealing.keys.store, Late(home / "master.key"), "default"))
    sealed = seal(late, "ann")
    with opened(home) as elsewhere:
        assert elsewhere.open("ann", sealed) == SAID


def test_keys_are_replaced_under_load(sealing: Sealing, home: Path, monkeypatch) -> None:
    """Others seal and open all the while, with nothing in memory, and never fail."""
    monkeypatch.setattr(person_keys, "MOST_IN_MEMORY", 0)
    failed, done = list[BaseException](), threading.Event()

    def work(number: int) -> None:
        try:
            with opened(home) as mine:
                for turn in range(1_000):
                    person = f"{number}-{turn}"
                    assert mine.open(person, seal(mine, person)) == SAID
                    if done.is_set():
                        return
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        rotate(sealing.keys.store, KeysOfFile(home / "master.key"))
    done.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(sealing.keys.store.masters()) <= 2
