"""Keeping the service's memory as recent as the graph."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence

from embeddings.serving.artefact import ModelArtefact
from graph.catalogue.entities import Catalogue, load_catalogue, refresh_catalogue
from graph.catalogue.kept import CatalogueFiles
from graph.catalogue.popularity import Popularity, load_popularity
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from graph.lru_cache import LruCache
from graph.memory import give_back
from graph.people.profiles import Profile, load_profile
from recommend.state.loaded import Loaded
from recommend.state.snapshot import Snapshot
from recommend.state.taste import clear_inferred_tastes, weight_of

EVENTS_KEPT = 2_000_000
"""Of all profiles in memory, a person counting as fifty: 20,000 with fifty events each."""

RELOAD_PAUSE = 10.0

log = logging.getLogger("tastegraph.snapshot_store")


class SnapshotStore:
    """The current snapshot and recent profiles; one refresh at a time."""

    def __init__(
        self,
        graph: Graph,
        clock: Clock = utc_now,
        files: CatalogueFiles | None = None,
        loaded: Loaded | None = None,
        differed: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin with what another process has `loaded`, if any.

        `differed` is called if drinks turn out to have been changed past the versions.
        """
        self._graph, self._clock = graph, clock
        self._files = loaded.files if loaded else files
        self._differed = differed
        self._unchecked = loaded is not None and loaded.unchecked
        self.popularity_is_old = loaded is not None and loaded.popularity_is_old
        self._lock = asyncio.Lock()
        self._snapshot: Snapshot | None = loaded.snapshot if loaded else None
        self._artefact: ModelArtefact | None = loaded.artefact if loaded else None
        self._others: tuple[ModelArtefact, ...] = ()
        self._popularity = loaded.popularity if loaded else Popularity()
        self._profiles: LruCache[str, Profile] = LruCache(EVENTS_KEPT)
        self._reloaded_at = 0.0

    @property
    def current(self) -> Snapshot | None:
        """The current snapshot; None before the first is loaded."""
        return self._snapshot

    @property
    def model_version(self) -> str | None:
        """The version of the model that ranks; None before there is one."""
        return self._artefact.version if self._artefact else None

    @property
    def known_drinks(self) -> int:
        """How many drinks of the catalogue the model was trained on."""
        if self._artefact is None or self._snapshot is None:
            return 0
        rows = self._snapshot.catalogue.row_of
        return sum(id_ in rows for id_ in self._artefact.drinks)

    def loaded(self) -> Loaded:
        """Return what is in memory, once it is loaded."""
        made_of = (self._artefact, self._popularity, self._files)
        return Loaded(self._used(), *made_of, self._unchecked, self.popularity_is_old)

    async def snapshot(self) -> Snapshot:
        """The snapshot in memory, however old; loaded by the first call. Raises a GraphError."""
        if self._snapshot is None:
            async with self._lock:
                if self._snapshot is None:
                    await self._start()
        return self._used()

    async def refresh(self, seen: Snapshot) -> Snapshot:
        """Return a snapshot as new as the graph; `seen` is the one found stale."""
        async with self._lock:
            # popularity or the model may have been replaced since, the catalogue not
            if self._snapshot and self._snapshot.catalogue is seen.catalogue:
                catalogue = await refresh_catalogue(self._graph, seen.catalogue)
                if catalogue is not seen.catalogue:
                    await self._replace(catalogue)
        return await self.snapshot()

    async def renew(self) -> None:
        """Make the memory as new as the graph. Raises a GraphError."""
        await self.refresh(await self.snapshot())

    async def reload(self) -> None:
        """Read the whole catalogue again: somebody wrote without advancing its version."""
        async with self._lock:
            if time.monotonic() - self._reloaded_at > RELOAD_PAUSE:
                self._reloaded_at = time.monotonic()
                try:
                    await self._load()
                except GraphError as error:
                    log.warning("the catalogue could not be read again: %s", error.message)

    async def use_model(self, artefact: ModelArtefact | None) -> None:
        """Rank with another model from the next request on."""
        async with self._lock:
            before, self._artefact = self._artefact, artefact
            try:
                if self._snapshot is not None:
                    await self._replace(self._snapshot.catalogue)
            except BaseException:
                # a model that does not fit must not stop the next catalogue from being used
                self._artefact = before
                raise

    async def use_others(self, artefacts: Sequence[ModelArtefact]) -> None:
        """Be able to rank with other models too, from the next request on."""
        async with self._lock:
            before, self._others = self._others, tuple(artefacts)
            try:
                if self._snapshot is not None:
                    await self._replace(self._snapshot.catalogue)
            except BaseException:
                self._others = before
                raise

    async def refresh_popularity(self) -> None:
        """Count again what people bought, saved and liked, ever and lately."""
        await self._use_popularity(await load_popularity(self._graph, self._clock()))

    async def follow_popularity(self) -> None:
        """Take what another process of this home counted, if there is anything new."""
        counted = await asyncio.to_thread(self._files.newer_popularity) if self._files else None
        if counted:
            await self._use_popularity(counted)
            await asyncio.to_thread(give_back)

    async def _use_popularity(self, popularity: Popularity) -> None:
        async with self._lock:
            self.popularity_is_old = False
            if popularity != self._popularity:
                self._popularity = popularity
                if self._snapshot is not None:
                    self._snapshot = await asyncio.to_thread(
                        self._snapshot.with_popularity, popularity
                    )

    async def profile(self, user_id: str, *, fresh: bool = False) -> Profile:
        """Return a person's profile, from memory unless it must be fresh."""
        known = None if fresh else self._profiles.get(user_id)
        if known is None:
            profile = await load_profile(self._graph, user_id)
            self._profiles.put(user_id, profile, weight_of(profile))
            return profile
        return known

    def remembered(self, user_id: str) -> Profile | None:
        """Return a person's profile if it is in memory."""
        return self._profiles.get(user_id)

    def forget(self, user_id: str) -> None:
        """Drop a person's profile from memory: it has changed."""
        self._profiles.drop_key(user_id)

    def forget_each(self, user_ids: Iterable[str]) -> None:
        """Drop several people's profiles: what they did has been written."""
        for user_id in user_ids:
            self.forget(user_id)

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop the profiles of erased people, and the tastes inferred from them."""
        self._profiles.drop(lambda user_id, _: erased(user_id))
        clear_inferred_tastes()

    async def check(self) -> None:
        """Compare what a start took from disk with all that the graph has, once.

        Somebody may have written past the versions while nothing ran. Raises a GraphError.
        """
        if not self._unchecked:
            return
        found = await load_catalogue(self._graph)
        used = await self.refresh(self._used())
        found = await refresh_catalogue(self._graph, found)
        if found.version != used.catalogue.version:
            return
        same = await asyncio.to_thread(used.catalogue.table.same_drinks, found.table)
        async with self._lock:
            if self._used().catalogue is used.catalogue:
                self._unchecked = False
                if not same:
                    log.warning("drinks were changed past the versions: all are read anew")
                    await self._replace(found)
                    if self._files:
                        self._files.distrust()
                    self._differed()
        del found, used
        await asyncio.to_thread(give_back)

    async def keep(self) -> None:
        """Keep catalogue and popularity on disk for the next start, unless they are there."""
        files, snapshot, popularity = self._files, self._snapshot, self._popularity
        if files and snapshot:
            try:
                if not self._unchecked:
                    await asyncio.to_thread(files.write, snapshot.catalogue)
                if not self.popularity_is_old:
                    await asyncio.to_thread(files.write_popularity, popularity)
            except OSError as error:
                log.warning("the catalogue cannot be kept on disk: %s", error)

    async def _start(self) -> None:
        """Load what was kept on disk and is still true, and all else from the graph."""
        kept = await asyncio.to_thread(self._files.read) if self._files else None
        catalogue = await load_catalogue(self._graph, kept)
        known = await asyncio.to_thread(self._files.read_popularity) if self._files else None
        self._popularity = known or await load_popularity(self._graph, self._clock())
        self._unchecked, self.popularity_is_old = catalogue.from_disk, known is not None
        await self._replace(catalogue)

    async def warm(self) -> None:
        """Build what the first search would wait for."""
        await asyncio.to_thread(_build_search, await self.snapshot())

    def _used(self) -> Snapshot:
        if self._snapshot is None:
            raise RuntimeError("a loaded snapshot is never missing")
        return self._snapshot

    async def _load(self) -> None:
        # The catalogue first: its short queries soon notice that the graph is away.
        catalogue = await load_catalogue(self._graph)
        self._popularity = await load_popularity(self._graph, self._clock())
        await self._replace(catalogue)

    async def _replace(self, catalogue: Catalogue) -> None:
        # Building takes half a second for 100,000 drinks: other requests go on meanwhile.
        before = self._snapshot
        made = await asyncio.to_thread(
            Snapshot.of, catalogue, self._artefact, self._popularity, before, self._others
        )
        if before:
            await asyncio.to_thread(_build_search, made)
        self._snapshot = made


def _build_search(snapshot: Snapshot) -> None:
    _ = snapshot.view.filters.search
    give_back()
