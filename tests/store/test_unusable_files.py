"""Who is to blame for an error, and the row that it becomes."""

from __future__ import annotations

import errno

from einthoven.ecg.formats import RecordLocation
from einthoven.errors import SignalError, StoreFullError, UnknownNameError
from einthoven.store.manifest import REJECTED_SCHEMA
from einthoven.store.unusable_files import blames_file, in_unicode, rejection


def test_faults_of_files_and_of_readers_cost_a_row_those_of_caller_and_machine_stop_the_work():
    faults = (SignalError("short"), ZeroDivisionError(), OSError(errno.EACCES, "permission denied"))
    others = (UnknownNameError("no such format"), StoreFullError("full"), MemoryError(), OSError(errno.EMFILE, "files"))
    assert [blames_file(error) for error in faults] == [True] * 3
    assert [blames_file(error) for error in others] == [False] * 4


def test_the_row_names_the_record_once_and_spells_out_what_is_no_text():
    location = RecordLocation("a", "a\udcff.xml", "muse")
    row = rejection(location, SignalError("too short"), stage="read", sha256=None)
    assert list(row) == REJECTED_SCHEMA.names
    assert (row["path"], row["message"], row["error_type"]) == ("a\\udcff.xml", "record a: too short", "SignalError")
    assert rejection(location, SignalError("a is short"), stage="read", sha256="0")["message"] == "a is short"
    assert in_unicode("Müller") == "Müller"
