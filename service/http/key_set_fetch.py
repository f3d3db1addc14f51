"""The child process that fetches a provider's key set: `python -m service.http.key_set_fetch`.

The URL comes on standard input, the key set goes to standard output. A process can be ended at
any moment, whatever the provider, a proxy or the resolver does; a thread that waits for one cannot.
"""

from __future__ import annotations

import signal
import sys
from urllib.request import Request, urlopen

PAUSE_SECONDS = 5.0
LONGEST_SECONDS = 10
MOST_BYTES = 512_000


def main() -> None:
    """Copy one answer, or the start of one that is too long."""
    signal.alarm(LONGEST_SECONDS)  # even if the starter was killed
    url = sys.stdin.readline().strip()
    asked = Request(url, headers={"Accept": "application/json"})  # noqa: S310 - settings check it
    with urlopen(asked, timeout=PAUSE_SECONDS) as answer:  # noqa: S310
        sys.stdout.buffer.write(answer.read(MOST_BYTES + 1))


if __name__ == "__main__":
    main()
