"""The storefront at /: its files from the package, and what a browser may do with them.

Files are read once. Their addresses hold a digest of all of them, so a browser keeps each for
good and asks for the page alone again; what it asks for without a digest it has to ask again.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".graphql": "application/graphql; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
PAGE = "index.html"
WORKER = "worker.js"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types worker",
    )
)
HEADERS = {"Content-Security-Policy": POLICY}
"""What the page needs; `service.http.security_headers` adds what every answer has."""
KEEP = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    body: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes:
        """The body, compressed."""
        return gzip.compress(self.body, mtime=0)

    @cached_property
    def digest(self) -> str:
        """What names this body and no other."""
        return hashlib.sha256(self.body).hexdigest()[:16]

    def answer(self, request: Request, caching: str) -> Response:
        """Return the file, compressed if the client takes it; 304 if the client has it."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        etag = f'"{self.digest}{"-gzip" if packed else ""}"'
        headers = {**HEADERS, "Cache-Control": caching, "ETag": etag, "Vary": "Accept-Encoding"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = self.packed if packed else self.body
        return Response(body, headers=headers, media_type=self.media_type)


class Storefront:
    """The page and its files."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = dict(files)
        whole = "".join(f"{name}:{file.digest}\n" for name, file in sorted(files.items()))
        self.digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
        self._files[PAGE] = self._with_digest(files[PAGE])
        self._files[WORKER] = self._with_digest(files[WORKER])

    def _with_digest(self, file: File) -> File:
        """The file with the URLs that a browser may keep for good."""
        body = file.body.replace(b'"/storefront/', f'"/storefront/{self.digest}/'.encode())
        return File(body, file.media_type)

    def routes(self) -> list[Route]:
        """The paths that are served; everything else is not found."""
        return [
            Route("/", self._page),
            # a service worker may not control paths above its own
            Route(f"/{WORKER}", self._worker),
            Route("/storefront/{digest}/{name:path}", self._kept),
            Route("/storefront/{name:path}", self._named),
        ]

    async def _page(self, request: Request) -> Response:
        return self._files[PAGE].answer(request, ASK_AGAIN)

    async def _worker(self, request: Request) -> Response:
        return self._files[WORKER].answer(request, ASK_AGAIN)

    async def _kept(self, request: Request) -> Response:
        if request.path_params["digest"] != self.digest:
            return await self._named(request)
        return self._find(request, request.path_params["name"], KEEP)

    async def _named(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/storefront/")
        return self._find(request, path, ASK_AGAIN)

    def _find(self, request: Request, name: str, caching: str) -> Response:
        file = self._files.get(name)
        return file.answer(request, caching) if file else _not_found()


def _not_found() -> Response:
    return Response("not found\n", 404, HEADERS, "text/plain; charset=utf-8")


def read_storefront() -> Storefront:
    """Read the page's files from the package."""
    return Storefront(dict(_files(resources.files("storefront"))))


def _files(folder: Traversable, before: str = "") -> Iterator[tuple[str, File]]:
    for entry in folder.iterdir():
        suffix = entry.name[entry.name.rfind(".") :]
        if entry.is_dir():
            yield from _files(entry, f"{before}{entry.name}/")
        elif suffix in MEDIA_TYPES:
            yield f"{before}{entry.name}", File(entry.read_bytes(), MEDIA_TYPES[suffix])
