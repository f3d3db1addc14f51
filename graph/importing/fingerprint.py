"""Fingerprints: a short text that is the same for the same content, on every machine."""

from __future__ import annotations

from hashlib import blake2b

import orjson


def fingerprint(content: object) -> str:
    """Return 24 hexadecimal digits for anything that JSON can hold."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()
