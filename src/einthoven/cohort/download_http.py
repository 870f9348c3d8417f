"""Ask a web server for a file: which answers are final and which are worth another try, and who may see the password.

A password goes only to the host it belongs to, over https or within this machine, and never along with a redirect to
another host. It is in no message and in no ``repr``. Proxies are those of the environment, as ``urllib`` finds them.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any
from urllib.parse import urlsplit

from einthoven.errors import CohortError

__all__ = [
    "AccessRefusedError",
    "Credentials",
    "MissingFileError",
    "RangeRefusedError",
    "TransientError",
    "Web",
    "check_url",
]

TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})  # RFC 9110, 6585 and 8470: later may be better


class TransientError(Exception):
    """The server or the line failed in a way that another try may mend."""

    def __init__(self, message: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class AccessRefusedError(CohortError):
    """The server wants to know who asks (401), or that one may not have it (403)."""


class MissingFileError(CohortError):
    """The server has no such file."""


class RangeRefusedError(TransientError):
    """The server has nothing from that byte on: what lies here is of another file."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password for one host.

    Attributes
    ----------
    username, password : str
    host : str
        The only one that may see them, such as ``physionet.org``.
    """

    username: str
    password: str = field(repr=False)
    host: str

    def header(self) -> str:
        """Return the value of ``Authorization`` (RFC 7617)."""
        if ":" in self.username:
            raise CohortError("a user name must have no colon: the server would take the rest for the password")
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode("ascii")

    def belong_to(self, url: str) -> bool:
        """Return whether they may be sent to ``url``."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        return _is_this_machine(host) or (parts.scheme == "https" and host == self.host)


class Web:
    """Opens addresses in the name of einthoven.

    Parameters
    ----------
    user_agent : str
        What servers get to know of us.
    credentials : Credentials, optional
    timeout_s : float
        Without a byte for so long, a connection counts as lost.
    """

    def __init__(self, user_agent: str, *, credentials: Credentials | None = None, timeout_s: float = 30.0) -> None:
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}  # checksums are of unpacked bytes
        self._credentials = credentials
        self._timeout_s = timeout_s
        redirects = _Redirects(credentials)
        self._opener = urllib.request.build_opener(redirects)
        # what is meant for this machine passes no proxy: it would read along
        self._direct_opener = urllib.request.build_opener(redirects, urllib.request.ProxyHandler({}))

    def open(self, url: str, *, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """Return the answer to GET; its status is 200 or 206.

        Raises
        ------
        TransientError
            Another try may help.
        AccessRefusedError, MissingFileError, CohortError
            It won't.
        """
        request = urllib.request.Request(check_url(url), headers=self._headers | (headers or {}))  # noqa: S310 - checked
        _authorise(request, self._credentials)
        is_here = _is_this_machine(urlsplit(url).hostname or "")
        opener = self._direct_opener if is_here else self._opener
        try:
            response: http.client.HTTPResponse = opener.open(request, timeout=self._timeout_s)
        except urllib.error.HTTPError as error:
            raise _refusal(error, url) from error
        except ssl.SSLCertVerificationError as error:
            raise _untrusted(error, url) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise _untrusted(error.reason, url) from error
            raise TransientError(f"{url} can't be reached ({error.reason})") from error
        except (OSError, http.client.HTTPException) as error:
            raise TransientError(f"{url} can't be reached ({error or type(error).__name__})") from error
        if response.status not in (200, 206):  # 202 and an empty page: "not now" in the words of some
            response.close()
            raise TransientError(f"{url} answered {response.status} {response.reason}")
        return response


def check_url(url: str) -> str:
    """Return an address that is one of the web, without a password in it, or refuse it."""
    try:
        parts = urlsplit(url)
        is_plain = url.isprintable() and " " not in url and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise CohortError(f"{url!r} is no address ({error})") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise CohortError(f"an address must begin with https:// or http:// and a host, got {url!r}")
    if parts.username is not None or parts.password is not None:
        raise CohortError(
            f"the address of {parts.hostname} must hold no name or password: give them in the environment"
        )
    return url


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere, with the password only while host and port stay the same."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def redirect_request(  # noqa: PLR0917 - the signature is urllib's
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(check_url(newurl))
        if before.scheme == "https" and after.scheme == "http":
            raise CohortError(f"{req.full_url} leads to {newurl}, which isn't encrypted: it is not followed")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        if request is not None and (before.scheme, before.netloc) == (after.scheme, after.netloc):
            _authorise(request, self._credentials)
        return request


def _authorise(request: urllib.request.Request, credentials: Credentials | None) -> None:
    if credentials is not None and credentials.belong_to(request.full_url):
        # "unredirected": urllib itself would hand ordinary headers on to any host
        request.add_unredirected_header("Authorization", credentials.header())


def _refusal(error: urllib.error.HTTPError, url: str) -> Exception:
    with error:
        said = f"{url} answered {error.code} {error.reason}"
        if error.code in TRANSIENT_STATUS:
            return TransientError(said, retry_after_s=_seconds(error.headers.get("Retry-After")))
    if error.code == 416:
        return RangeRefusedError(said)
    if error.code in (401, 403):
        return AccessRefusedError(said)
    if error.code in (404, 410):
        return MissingFileError(f"{said}: it isn't there (any more)")
    return CohortError(said)


def _untrusted(error: ssl.SSLCertVerificationError, url: str) -> CohortError:
    return CohortError(
        f"{url}: the server's certificate can't be verified ({error.verify_message}); behind a proxy that reads along, "
        "set SSL_CERT_FILE to your hospital's certificates"
    )


def _seconds(text: Any) -> float:
    return float(text) if text and str(text).isdigit() else 0.0


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
