"""Python's collector of cyclic garbage, set for a process that loads much once and then serves."""

from __future__ import annotations

import gc

from graph.memory import give_back

YOUNG = 10_000
"""How many more objects are made than freed before the young ones are looked through.

A request makes some hundreds; looking after each 700, as is usual, took a tenth of its time.
"""


def settle() -> None:
    """Look through what was loaded for the last time, and look for garbage in larger steps.

    Else each full collection walks the whole memory, while all requests wait.
    """
    gc.collect()
    gc.freeze()
    give_back()
    _, second, third = gc.get_threshold()
    gc.set_threshold(YOUNG, second, third)
