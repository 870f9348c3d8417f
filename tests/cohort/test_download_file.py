"""One file arrives whole whatever the server does, or not at all."""

from __future__ import annotations

import hashlib
import json
import random

import pytest

from einthoven.cohort.download_file import Patience, StoppedError, Transfer, fetch_file, persistently
from einthoven.cohort.download_http import TransientError, Web
from einthoven.cohort.download_list import RemoteFile
from einthoven.errors import CohortError
from fakes.file_server import FileServer

BODY = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)


@pytest.fixture
def server():
    with FileServer({"a.dat": BODY}) as running:
        yield running


class Fetching:
    """Fetches ``a.dat`` and notes how long it waited and what it was told."""

    def __init__(self, server, folder, *, body=BODY, size=None):
        self.file = RemoteFile("a.dat", server.url + "a.dat", f"sha256:{hashlib.sha256(body).hexdigest()}", size)
        self.target = folder / "data" / "a.dat"
        self.part = folder / "data" / "a.dat.part"
        self.waits, self.bytes, self.should_stop = [], [], lambda: False

    def __call__(self, *, tries=6):
        """Fetch, and return self."""
        transfer = Transfer(
            Web("einthoven"),
            Patience(tries=tries),
            wait=self.waits.append,
            should_stop=self.should_stop,
            received=self.bytes.append,
        )
        fetch_file(self.file, self.target, transfer=transfer)
        return self

    def is_alone(self):
        """Whether nothing but the file is there."""
        return [path.name for path in self.target.parent.iterdir()] == ["a.dat"]


def test_a_file_comes_whole_and_nothing_else_stays(server, tmp_path):
    fetching = Fetching(server, tmp_path)()
    assert fetching.target.read_bytes() == BODY
    assert fetching.is_alone()
    assert sum(fetching.bytes) == len(BODY)
    assert fetching.waits == []


def test_a_cut_connection_is_taken_up_where_it_ended(server, tmp_path):
    """The server's own range answers are used, and no byte comes twice."""
    server.cuts = {"a.dat": [100_000, 50_000]}
    fetching = Fetching(server, tmp_path)()
    assert fetching.target.read_bytes() == BODY
    asked = [headers.get("Range") for headers in server.asked_for("a.dat")]
    assert asked == [None, "bytes=100000-", "bytes=150000-"]
    assert fetching.waits == [1.0, 1.0]  # each brought bytes: no second failure in a row
    assert sum(fetching.bytes) == len(BODY)


@pytest.mark.parametrize(("ranges", "requests"), [("ignore", 2), ("another", 3)])
def test_a_server_that_does_not_honour_ranges_is_asked_for_all(server, tmp_path, ranges, requests):
    """Bytes are never added to others that they don't follow."""
    server.cuts = {"a.dat": [100_000]}
    server.ranges = ranges
    fetching = Fetching(server, tmp_path)()
    assert fetching.target.read_bytes() == BODY
    assert fetching.is_alone()
    assert len(server.requests) == requests
    assert len(fetching.waits) == requests - 1  # it was seen at once, not by the checksum of the whole


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(server, tmp_path):
    """The server tells by the ETag that what lies here is of another version."""
    fetching = Fetching(server, tmp_path, body=OTHER)
    server.cuts = {"a.dat": [100_000]}
    with pytest.raises(CohortError, match="given up after 1 tries"):
        fetching(tries=1)
    assert fetching.part.read_bytes() == BODY[:100_000]
    server.files["a.dat"] = OTHER
    assert fetching().target.read_bytes() == OTHER


def test_a_continuation_of_another_version_is_thrown_away(server, tmp_path):
    """Even a server that overlooks If-Range: its answer names the version."""
    fetching = Fetching(server, tmp_path)
    fetching.part.parent.mkdir()
    fetching.part.write_bytes(OTHER[:100_000])
    note = fetching.part.with_name("a.dat.part.validator")
    etag = f'"{hashlib.sha256(BODY).hexdigest()[:16]}"'
    note.write_text(json.dumps({"etag": etag, "last_modified": "Mon, 01 Jan 2024 00:00:00 GMT", "total": 300_000}))
    assert fetching().target.read_bytes() == BODY
    assert [headers.get("Range") for headers in server.asked_for("a.dat")] == ["bytes=100000-", None]
    assert fetching.waits == [1.0]  # it was seen at once, not by the checksum of the whole


@pytest.mark.parametrize("note", [None, "", "[]", '{"etag": 1}', "{", '{"etag": "", "last_modified": ""}'])
def test_bytes_without_a_word_of_their_version_are_not_continued(server, tmp_path, note):
    fetching = Fetching(server, tmp_path)
    fetching.part.parent.mkdir()
    fetching.part.write_bytes(OTHER[:100_000])
    if note is not None:
        fetching.part.with_name("a.dat.part.validator").write_text(note)
    assert fetching().target.read_bytes() == BODY
    assert len(server.requests) == 1


def test_a_server_without_versions_is_asked_for_all(server, tmp_path):
    server.validators = False
    server.cuts = {"a.dat": [100_000]}
    assert Fetching(server, tmp_path)().target.read_bytes() == BODY
    assert [headers.get("Range") for headers in server.asked_for("a.dat")] == [None, None]


def test_a_file_that_was_complete_but_not_renamed_is_not_asked_for_again(server, tmp_path):
    """Stopped between the last byte and the new name."""
    fetching = Fetching(server, tmp_path)
    server.cuts = {"a.dat": [100_000]}
    with pytest.raises(CohortError):
        fetching(tries=1)
    fetching.part.write_bytes(BODY)
    asked = len(server.requests)
    assert fetching().target.read_bytes() == BODY
    assert len(server.requests) == asked


def test_more_bytes_than_the_file_has_are_thrown_away(server, tmp_path):
    """The server answers 416."""
    fetching = Fetching(server, tmp_path)
    server.cuts = {"a.dat": [100_000]}
    with pytest.raises(CohortError):
        fetching(tries=1)
    fetching.part.write_bytes(BODY + b"!")
    assert fetching().target.read_bytes() == BODY


def test_a_server_that_is_busy_is_asked_again_and_later_each_time(server, tmp_path):
    """It said Retry-After: 7."""
    server.statuses = {"a.dat": [503, 503, 500, 500]}
    fetching = Fetching(server, tmp_path)()
    assert fetching.target.read_bytes() == BODY
    assert fetching.waits == [7.0, 7.0, 4.0, 8.0]


def test_patience_ends(server, tmp_path):
    server.statuses = {"a.dat": [500] * 9}
    fetching = Fetching(server, tmp_path)
    with pytest.raises(CohortError, match=r"given up after 3 tries: .*a\.dat answered 500"):
        fetching(tries=3)
    assert fetching.waits == [1.0, 2.0]
    assert not fetching.target.exists()


def test_a_wrong_checksum_gets_one_more_try(server, tmp_path):
    server.lies = {"a.dat": [OTHER]}
    fetching = Fetching(server, tmp_path)()
    assert fetching.target.read_bytes() == BODY
    assert sum(fetching.bytes) == len(BODY)


def test_a_server_that_lies_twice_is_named_with_both_sums(server, tmp_path):
    """Nothing of it stays."""
    server.lies = {"a.dat": [OTHER, OTHER]}
    fetching = Fetching(server, tmp_path)
    right, wrong = (hashlib.sha256(body).hexdigest() for body in (BODY, OTHER))
    with pytest.raises(CohortError, match=f"a.dat: its checksum must be sha256:{right}, got sha256:{wrong} twice"):
        fetching()
    assert list(fetching.target.parent.iterdir()) == []


def test_a_size_that_the_list_contradicts_is_refused_before_a_byte_is_taken(server, tmp_path):
    fetching = Fetching(server, tmp_path, size=17)
    with pytest.raises(CohortError, match="the list says 17 bytes, the server would send 300,000"):
        fetching()
    assert sum(fetching.bytes) == 0


def test_an_empty_file_and_one_without_a_checksum_come_too(server, tmp_path):
    server.files["a.dat"] = b""
    assert Fetching(server, tmp_path, body=b"")().target.read_bytes() == b""
    fetching = Fetching(server, tmp_path / "b")
    fetching.file = RemoteFile("a.dat", server.url + "a.dat")
    assert fetching().target.read_bytes() == b""


def test_who_stops_finds_what_arrived(server, tmp_path):
    """And goes on from there."""
    fetching = Fetching(server, tmp_path)
    fetching.should_stop = lambda: sum(fetching.bytes) > 0
    with pytest.raises(StoppedError):
        fetching()
    assert fetching.part.stat().st_size > 0
    assert not fetching.target.exists()
    fetching.should_stop = lambda: False
    assert fetching().target.read_bytes() == BODY


def test_the_wait_doubles_until_the_longest():
    waits = []

    def attempt():
        raise TransientError("no")

    with pytest.raises(CohortError, match="given up after 9 tries: no"):
        persistently(attempt, patience=Patience(tries=9), wait=waits.append)
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
