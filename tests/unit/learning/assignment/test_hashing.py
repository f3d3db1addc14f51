"""Buckets are those of the public test cases, uniform, and independent between salts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from learning.assignment.hashing import BUCKETS, Salt, fnv1a, vectors

UNITS = 20_000
# Each property is tried on a hundred salts: false alarms must be rarer than that by far.
IMPROBABLE = 1e-7
SALTS = st.text(min_size=1, max_size=20)


def buckets(salt: str, prefix: str = "user-") -> np.ndarray:
    salted = Salt.of(salt)
    return np.array([salted.bucket(f"{prefix}{number}") for number in range(UNITS)])


def test_fnv_is_the_published_one() -> None:
    assert [fnv1a(text) for text in (b"", b"a", b"foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


def test_buckets_are_those_of_the_vectors() -> None:
    examples = vectors()["buckets"]
    assert len(examples) >= 12
    for salt, unit, bucket in examples:
        assert Salt.of(salt).bucket(unit) == bucket, (salt, unit)


@given(SALTS, st.sampled_from(["user-", "", "5b3f7a90-1111-2222-3333-"]))
@settings(max_examples=20)
def test_buckets_are_uniform(salt: str, prefix: str) -> None:
    hundreds = np.bincount(buckets(salt, prefix) * 100 // BUCKETS, minlength=100)
    assert chisquare(hundreds).pvalue > IMPROBABLE


@given(SALTS, SALTS)
@settings(max_examples=20)
def test_buckets_of_two_salts_are_independent(salt: str, other: str) -> None:
    if salt == other:
        return
    tens = [buckets(text) * 10 // BUCKETS for text in (f"arm:{salt}:", f"arm:{other}:")]
    table = np.histogram2d(*tens, bins=(10, 10))[0]
    assert chi2_contingency(table).pvalue > IMPROBABLE
