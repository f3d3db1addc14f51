"""The pages: the storefront at /, the console at /console, and what a browser may do with them.

Files are read once from their packages. Pages name them below an address that holds a digest of
all of them, so a browser keeps each for good and asks for the page alone again; what it asks for
without a digest it has to ask again.
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
PACKAGES = ("storefront", "console")
PAGES = {"/": "storefront/index.html", "/console": "console/index.html"}
WORKER = "storefront/worker.js"

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


class Pages:
    """The pages and their files, each by its package and its name in it."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = dict(files)
        whole = "".join(f"{name}:{file.digest}\n" for name, file in sorted(files.items()))
        self.digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
        for name in (*PAGES.values(), WORKER):
            self._files[name] = self._with_digest(files[name])

    def _with_digest(self, file: File) -> File:
        """The file with the URLs that a browser may keep for good."""
        body = file.body
        for package in PACKAGES:
            named, kept = f'"/{package}/', f'"/kept/{self.digest}/{package}/'
            body = body.replace(named.encode(), kept.encode())
        return File(body, file.media_type)

    def routes(self) -> list[Route]:
        """The paths that are served; everything else is not found."""
        return [
            *(Route(path, self._page) for path in PAGES),
            # a service worker may not control paths above its own
            Route("/worker.js", self._worker),
            Route("/kept/{digest}/{name:path}", self._kept),
            *(Route(f"/{package}/{{name:path}}", self._named) for package in PACKAGES),
        ]

    async def _page(self, request: Request) -> Response:
        return self._files[PAGES[request.url.path]].answer(request, ASK_AGAIN)

    async def _worker(self, request: Request) -> Response:
        return self._files[WORKER].answer(request, ASK_AGAIN)

    async def _kept(self, request: Request) -> Response:
        if request.path_params["digest"] != self.digest:
            return _not_found()
        return self._find(request, request.path_params["name"], KEEP)

    async def _named(self, request: Request) -> Response:
        return self._find(request, request.url.path.removeprefix("/"), ASK_AGAIN)

    def _find(self, request: Request, name: str, caching: str) -> Response:
        file = self._files.get(name)
        return file.answer(request, caching) if file else _not_found()


def _not_found() -> Response:
    return Response("not found\n", 404, HEADERS, "text/plain; charset=utf-8")


def read_pages() -> Pages:
    """Read the files of all pages from their packages."""
    folders = {package: resources.files(package) for package in PACKAGES}
    return Pages(
        {
            name: file
            for package, folder in folders.items()
            for name, file in _files(folder, f"{package}/")
        }
    )


def _files(folder: Traversable, before: str) -> Iterator[tuple[str, File]]:
    for entry in folder.iterdir():
        suffix = entry.name[entry.name.rfind(".") :]
        if entry.is_dir():
            yield from _files(entry, f"{before}{entry.name}/")
        elif suffix in MEDIA_TYPES:
            yield f"{before}{entry.name}", File(entry.read_bytes(), MEDIA_TYPES[suffix])
