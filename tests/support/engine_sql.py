"""The embedded engine's own language, over its HTTP port: what Cypher cannot ask."""

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any


def ask_engine(folder: Path, statement: str) -> list[Any]:
    """Return what the running engine of a folder answers."""
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    login = base64.b64encode(f"root:{order['password']}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{order['httpPort']}/api/v1/command/{order['database']}",
        data=json.dumps({"language": "sql", "command": statement}).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["result"]
