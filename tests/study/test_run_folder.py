"""A file that is replaced in place is noticed."""

from __future__ import annotations

from einthoven.study.run_folder import file_state


def test_state_follows_header_and_signal_file(tmp_path):
    """A WFDB record is named without ending."""
    (tmp_path / "a.hea").write_text("1")
    (tmp_path / "a.dat").write_bytes(b"12")
    before = file_state(str(tmp_path / "a"))
    assert [size for size, _ in before] == [1, 2]
    (tmp_path / "a.dat").write_bytes(b"123")
    assert file_state(str(tmp_path / "a.hea")) != before
