"""What could not be used is told in one printable line each, with the remedy."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from einthoven.cli.failures import print_failures, reason_of, system_error, tell_left_out
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.formats.search import Found
from einthoven.errors import UnreadableFileError


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "a.dcm"), "a.dcm: Permission denied: check the rights"),
        (OSError(errno.EIO, "Input/output error", "a.dcm"), "a.dcm: Input/output error"),
        (OSError("odd"), "odd"),
    ],
)
def test_what_the_machine_says_names_file_and_remedy(error, says):
    assert system_error(error).startswith(says)


def test_a_reason_names_the_file_once():
    location = RecordLocation("a", "in/a.xml", "muse")
    assert reason_of(UnreadableFileError("in/a.xml is damaged"), location) == "in/a.xml is damaged"
    assert reason_of(UnreadableFileError("is damaged"), location) == "in/a.xml: is damaged"


def test_lines_are_printable_and_markup_is_text(capsys):
    print_failures(["a\x1b[31m[bold]\nb"], headline="1 of 2")
    assert capsys.readouterr().err == "1 of 2\n  a [31m[bold] b\n"


def test_what_is_left_out_of_a_folder_is_told(capsys):
    tell_left_out(Found([], [Path("a.pdf")], ["b can't be read"]))
    assert capsys.readouterr().err == "1 file is no ECG of a known format: 1 .pdf\n  b can't be read\n"
    tell_left_out(Found([], []))
    assert capsys.readouterr().err == ""
