from __future__ import annotations

import random
from collections import Counter

from graph.importing.interactions import Ordinals


def test_equal_marks_are_numbered_in_their_order_over_all_batches() -> None:
    generator = random.Random(5)
    ordinals, seen = Ordinals(), Counter[int]()
    for _ in range(20):
        marks = [generator.choice([0, 1, 2**64 - 1, generator.getrandbits(64)]) for _ in range(50)]
        expected: list[int] = []
        for mark in marks:
            expected.append(seen[mark])
            seen[mark] += 1
        assert ordinals.count(marks) == expected
    assert ordinals.count([]) == []
