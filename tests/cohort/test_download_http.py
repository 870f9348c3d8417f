"""A password goes to its own host alone; answers are final or worth another try."""

from __future__ import annotations

import socket
import urllib.request
from email.message import Message
from io import BytesIO

import pytest

from einthoven.cohort.download_http import (
    AccessRefusedError,
    Credentials,
    MissingFileError,
    RangeRefusedError,
    TransientError,
    Web,
    _Redirects,
    check_url,
)
from einthoven.errors import CohortError
from fakes.file_server import FileServer

SECRET = Credentials("mary", "s3cret", "physionet.org")


@pytest.fixture(autouse=True)
def _proxy(monkeypatch):
    """Let a proxy that isn't there spoil what passes by it: nothing meant for this machine may."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://physionet.org/files/a", True),
        ("http://physionet.org/files/a", False),
        ("https://evil.org/physionet.org", False),
        ("https://physionet.org.evil.org/", False),
        ("https://notphysionet.org/", False),
        ("http://localhost:80/", True),
        ("http://127.0.0.1:80/", True),
        ("http://127.0.0.1.evil.org/", False),
        ("http://[::1]/", True),
    ],
)
def test_a_password_belongs_to_its_host_and_travels_encrypted(url, may):
    assert SECRET.belong_to(url) == may


def test_a_password_is_in_no_representation():
    assert "s3cret" not in repr(SECRET)
    with pytest.raises(CohortError, match="no colon"):
        Credentials("a:b", "c", "d").header()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x.org/a",
        "physionet.org/files",
        "https:///a",
        "",
        "http://x.org/a b",
        "http://x.org/\n",
    ],
)
def test_an_address_must_be_one_of_the_web(url):
    with pytest.raises(CohortError, match="must begin with https"):
        check_url(url)


@pytest.mark.parametrize("url", ["http://x.org:http/", "http://x.org:99999/", "http://[::1/"])
def test_an_address_that_makes_no_sense_is_refused(url):
    with pytest.raises(CohortError, match="is no address"):
        check_url(url)


def test_an_address_with_a_password_is_refused_without_repeating_it():
    with pytest.raises(CohortError, match="must hold no name or password") as caught:
        check_url("https://mary:s3cret@physionet.org/")
    assert "s3cret" not in str(caught.value)


def test_who_is_known_is_let_in():
    with FileServer({"a": b"abc"}, user=("mary", "s3cret")) as server:
        assert Web("einthoven", credentials=SECRET).open(server.url + "a").read() == b"abc"
        with pytest.raises(AccessRefusedError, match="answered 401"):
            Web("einthoven").open(server.url + "a")
        with pytest.raises(AccessRefusedError, match="answered 403") as caught:
            Web("einthoven", credentials=Credentials("mary", "wr0ng", "physionet.org")).open(server.url + "a")
    assert "wr0ng" not in str(caught.value)


def test_a_redirect_to_another_host_is_followed_without_the_password():
    """Another port is another host; on the same host the password is shown again."""
    with FileServer({"b": b"there"}) as other, FileServer({"c": b"here"}, user=("mary", "s3cret")) as server:
        server.redirects = {"a": other.url + "b", "same": server.url + "c"}
        web = Web("einthoven", credentials=SECRET)
        assert web.open(server.url + "a", headers={"Range": "bytes=0-"}).read() == b"there"
        assert web.open(server.url + "same").read() == b"here"
        assert "Authorization" in server.asked_for("a")[0]
        assert "Authorization" not in other.asked_for("b")[0]
        assert other.asked_for("b")[0]["Range"] == "bytes=0-"


def test_a_redirect_out_of_the_web_or_in_a_circle_is_refused():
    with FileServer() as server:
        server.redirects = {"a": "file:///etc/passwd", "b": server.url + "b"}
        with pytest.raises(CohortError):
            Web("einthoven").open(server.url + "a")
        with pytest.raises(CohortError, match="302"):
            Web("einthoven").open(server.url + "b")


def test_a_redirect_that_would_end_encryption_is_refused():
    """From https to http; the other way round is followed."""
    redirects = _Redirects(SECRET)
    request = urllib.request.Request("https://physionet.org/a")
    with pytest.raises(CohortError, match="which isn't encrypted: it is not followed"):
        redirects.redirect_request(request, BytesIO(), 302, "Found", Message(), "http://physionet.org/a")
    request = urllib.request.Request("http://physionet.org/a")
    followed = redirects.redirect_request(request, BytesIO(), 302, "Found", Message(), "https://physionet.org/a")
    assert followed.full_url == "https://physionet.org/a"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (202, TransientError),
        (500, TransientError),
        (503, TransientError),
        (429, TransientError),
        (404, MissingFileError),
        (410, MissingFileError),
        (416, RangeRefusedError),
        (400, CohortError),
    ],
)
def test_an_answer_is_final_or_worth_another_try(status, error):
    with FileServer({"a": b""}, statuses={"a": [status]}) as server:
        with pytest.raises(error, match=str(status)) as caught:
            Web("einthoven").open(server.url + "a")
        assert type(caught.value) is error
        if status == 503:
            assert caught.value.retry_after_s == 7.0


def test_a_server_that_is_not_there_is_worth_another_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        with pytest.raises(TransientError, match="can't be reached"):
            Web("einthoven").open(f"http://127.0.0.1:{taken.getsockname()[1]}/a")


def test_servers_are_told_who_asks_and_to_send_bytes_as_they_are():
    with FileServer({"a": b""}) as server:
        Web("einthoven/1.2").open(server.url + "a").close()
        headers = server.asked_for("a")[0]
    assert headers["User-Agent"] == "einthoven/1.2"
    assert headers["Accept-Encoding"] == "identity"
