"""Sealing what people declared, and replacing the key that opens it."""

from __future__ import annotations

import asyncio

import click

from events.audit.entry import Action
from events.audit.guarded import Guarded
from graph.counting import counted
from graph.engine.locks import FileLock
from graph.people.sealing_profiles import seal_merges, seal_some
from graph.sealing.aeads import Key
from graph.sealing.key_store import KeyStore
from graph.sealing.master_keys import KeysOfFile, document
from graph.sealing.rotation import rotate
from service.cli.audited import on_record, why_option
from service.cli.common import console, json_option, print_json, run, settings
from service.cli.four_eyes import Waiting, print_waiting, seconded
from service.opening import open_graph
from service.settings import Settings
from service.settings.setting import SettingInvalid


@click.command(name="seal")
@why_option
@json_option()
def seal_profiles(why: str, as_json: bool) -> None:
    """Seal what people declared before sealing was on; run again, it goes on where it was."""
    chosen = settings()

    async def work() -> int:
        async with open_graph(chosen) as (graph, _):
            if graph.sealing is None:
                raise SettingInvalid(
                    "TASTEGRAPH_SEALED is not on.",
                    "Set it to on for every server and command, restart the servers, then seal.",
                )
            await on_record(chosen, Action.CHANGE, "profiles sealed", why=why)
            sealed, last = 0, ""
            while last is not None:
                some, last = await seal_some(graph, graph.sealing, last)
                sealed += some
            await seal_merges(graph, graph.sealing)
            return sealed

    sealed = run(work())
    if as_json:
        print_json({"sealed": sealed})
        return
    console.print(f"Sealed {counted(sealed, 'profile')}. Copies of the graph from before are not.")


@click.command(name="rotate-master-key")
@why_option
@json_option()
def rotate_master_key(why: str, as_json: bool) -> None:
    """Replace the master key while servers run; interrupted, run it again."""
    chosen = settings()
    if not chosen.people_keys.exists():
        raise SettingInvalid(
            f"Nothing is sealed here: there is no {chosen.people_keys}.",
            "Set TASTEGRAPH_SEALED to on, and run tastegraph privacy seal.",
        )
    if chosen.master_key and not chosen.master_key_path:
        raise SettingInvalid(
            "The master key is in the environment (TASTEGRAPH_MASTER_KEY), and cannot be replaced.",
            "Put it into a file, and name that in TASTEGRAPH_MASTER_KEY_FILE.",
        )
    lock = FileLock(chosen.people_keys.with_name("rotation.lock"))
    if not lock.acquire():
        raise SettingInvalid("Another command is replacing the master key.", "Wait for it.")
    try:
        masters = KeysOfFile(chosen.master_key_file)
        asyncio.run(_permitted(chosen, why, is_begun=len(masters.ids) > 1))
        store = KeyStore(chosen.people_keys)
        try:
            done = rotate(store, masters)
        finally:
            store.close()
    except Waiting as waiting:
        print_waiting(waiting, as_json=as_json)
        return
    finally:
        lock.release()
    if as_json:
        print_json({"master_key": done.master, "keys": done.rewrapped})
        return
    console.print(f"The master key is new; {counted(done.rewrapped, 'key')} wrapped with it.")
    console.print(f"Keep a copy of {chosen.master_key_file}, and delete copies of the old one.")


async def _permitted(chosen: Settings, why: str, *, is_begun: bool) -> None:
    """Put it on record; a rotation that was cut short was permitted when it began."""
    said = () if is_begun else await seconded(chosen, Guarded.MASTER_KEYS, ("master key",), why)
    await on_record(chosen, Action.CHANGE, "master key", *said, why=why)


@click.command(name="master-key")
def make_master_key() -> None:
    """Print a new master key, for a secret of the environment or a file of your own."""
    click.echo(document(Key.made()), nl=False)
