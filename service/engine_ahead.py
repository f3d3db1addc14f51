"""Starting the embedded engine before anything that takes long to load."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread

from graph.address import Address
from graph.engine.embedded import EmbeddedEngine
from service.settings import Settings


class EngineAhead:
    """The embedded engine, starting in a thread while this process still loads its modules."""

    def __init__(self, settings: Settings) -> None:
        """Begin to start it."""
        self.engine = EmbeddedEngine(settings.home / "graph", heap=settings.graph_heap)
        self._address = Future[Address]()
        Thread(target=self._start, daemon=True).start()

    def address(self) -> Address:
        """Wait until it has started, and return where it listens. Raises EngineFailed."""
        return self._address.result()

    def _start(self) -> None:
        try:
            self._address.set_result(self.engine.start())
        except BaseException as error:
            self._address.set_exception(error)
