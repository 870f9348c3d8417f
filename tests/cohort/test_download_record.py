"""The record of a folder says what was verified, for one data set and one process at a time."""

from __future__ import annotations

import errno
import fcntl
import os

import pytest

from einthoven.cohort.download_list import RemoteFile
from einthoven.cohort.download_record import RECORD_NAME, VerifiedFiles, read_verified, stamp
from einthoven.errors import CohortError

FILE = RemoteFile("a/b.dat", "https://x.org/a/b.dat", "sha256:" + "0" * 64)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.dat").write_bytes(b"abc")
    return tmp_path


def record(folder):
    with VerifiedFiles(folder, origin="here") as verified:
        verified.add(FILE, folder / "a/b.dat")


def test_what_was_verified_is_known_later(folder):
    assert read_verified(folder, origin="here") == {}
    record(folder)
    assert read_verified(folder, origin="here") == {"a/b.dat": stamp(FILE, folder / "a/b.dat")}


def test_a_file_that_was_touched_is_another_one(folder):
    record(folder)
    os.utime(folder / "a/b.dat", ns=(1, 1))
    assert read_verified(folder, origin="here")["a/b.dat"] != stamp(FILE, folder / "a/b.dat")


def test_half_a_line_of_a_killed_process_does_no_harm(folder):
    record(folder)
    with (folder / RECORD_NAME).open("a") as file:
        file.write('["a/b.dat", "sha')
    record(folder)
    assert set(read_verified(folder, origin="here")) == {"a/b.dat"}


def test_a_folder_is_of_one_data_set(folder):
    record(folder)
    with pytest.raises(CohortError, match="holds the files of here: name another folder for those of there"):
        read_verified(folder, origin="there")


def test_a_folder_is_filled_by_one_process_at_a_time(folder):
    with VerifiedFiles(folder, origin="here"):
        with (
            pytest.raises(CohortError, match="another process is downloading into"),
            VerifiedFiles(folder, origin="here"),
        ):
            pass
        assert read_verified(folder, origin="here") == {}
    record(folder)


def test_a_drive_without_locks_is_written_all_the_same(folder, monkeypatch):
    """As network drives are."""

    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    record(folder)
    assert set(read_verified(folder, origin="here")) == {"a/b.dat"}
