"""What was loaded is not walked again; what is thrown away later is still collected."""

import gc
import weakref

import pytest

from service.background.garbage import YOUNG, settle


class Loop:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> object:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_loaded_is_left_alone_and_garbage_is_not(collector: object) -> None:
    loaded = [Loop() for _ in range(1000)]
    garbage = weakref.ref(Loop())
    settle()
    assert garbage() is None
    assert gc.get_freeze_count() >= len(loaded)
    assert gc.get_threshold()[0] == YOUNG
    later = weakref.ref(Loop())
    gc.collect()
    assert later() is None
    assert len(loaded) == 1000
