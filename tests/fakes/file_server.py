"""A web server on this machine that serves bytes from memory and fails in every way that a real one does."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self
from urllib.parse import quote, unquote


@dataclass
class FileServer:
    """Serves ``files`` below ``url``; a context manager.

    Attributes
    ----------
    files : dict of path to bytes
    ranges : str
        ``honour`` them, ``ignore`` them, or answer with ``another`` part than was asked for.
    statuses : dict of path to list of int
        Answered before the file is, one per request.
    cuts : dict of path to list of int
        After how many bytes the connection ends, one per request.
    lies : dict of path to list of bytes
        Sent instead of the file, one per request.
    redirects : dict of path to str
    user : tuple of name and password, optional
        Whom alone it lets in.
    validators : bool
        Whether answers have ``ETag`` and ``Last-Modified``.
    stops : dict of path to Event
        Half of a body is sent, then the event waited for.
    requests : list of (path, headers)
        What was asked, in order.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: Literal["honour", "ignore", "another"] = "honour"
    statuses: dict[str, list[int]] = field(default_factory=dict)
    cuts: dict[str, list[int]] = field(default_factory=dict)
    lies: dict[str, list[bytes]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    user: tuple[str, str] | None = None
    validators: bool = True
    stops: dict[str, threading.Event] = field(default_factory=dict)
    half_sent: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for event in self.stops.values():
            event.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Address of the folder that all paths are relative to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def asked_for(self, path: str) -> list[dict[str, str]]:
        """Return the headers of each request for ``path``."""
        return [headers for asked, headers in self.requests if asked == path]

    def add_checksums(self) -> None:
        """Add PhysioNet's list of the files that are there."""
        lines = [f"{hashlib.sha256(body).hexdigest()} {path}\n" for path, body in self.files.items()]
        self.files["SHA256SUMS.txt"] = "".join(lines).encode()

    def add_zenodo_record(self, number: str) -> None:
        """Add Zenodo's record of the files that are there."""
        entries = []
        for path, body in list(self.files.items()):
            content = f"{number}/files/{path}/content"
            self.files[content] = body
            entries.append(
                {
                    "key": path,
                    "checksum": f"md5:{hashlib.md5(body).hexdigest()}",
                    "size": len(body),
                    "links": {"self": self.url + quote(content)},
                }
            )
        self.files[number] = json.dumps({"id": number, "files": entries}).encode()


class _Handler(BaseHTTPRequestHandler):
    fake: FileServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is Python's
        pass

    def do_GET(self) -> None:
        fake, path = self.fake, unquote(self.path.lstrip("/"))
        fake.requests.append((path, dict(self.headers.items())))
        if fake.user and self.headers.get("Authorization") != _basic(*fake.user):
            self._refuse(401 if "Authorization" not in self.headers else 403)
        elif fake.statuses.get(path):
            self._refuse(fake.statuses[path].pop(0))
        elif path in fake.redirects:
            self.send_response(302)
            self.send_header("Location", fake.redirects[path])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path not in fake.files:
            self._refuse(404)
        else:
            self._serve(path, fake.lies[path].pop(0) if fake.lies.get(path) else fake.files[path])

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _serve(self, path: str, body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        start = self._start(etag)
        if start >= len(body) > 0:
            self._refuse(416)
            return
        if start and self.fake.ranges == "another":
            start -= 1
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if self.fake.validators:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self._send(path, body[start:])

    def _start(self, etag: str) -> int:
        """Return the byte to begin with: a range of another version isn't served (RFC 9110, 13.1.5)."""
        asked = self.headers.get("Range", "")
        same = self.headers.get("If-Range", etag) == etag
        return int(asked[6:].partition("-")[0]) if asked and same and self.fake.ranges != "ignore" else 0

    def _send(self, path: str, body: bytes) -> None:
        if self.fake.cuts.get(path):
            self.wfile.write(body[: self.fake.cuts[path].pop(0)])
            self.close_connection = True
            return
        if path in self.fake.stops:
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            self.fake.half_sent.set()
            self.fake.stops[path].wait(30)
            body = body[half:]
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked is gone


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
