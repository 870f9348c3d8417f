"""A folder of mixed formats gives all its ECGs, and names what is none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np

from einthoven.ecg.formats.search import search_folder
from fakes.array_files import layout, write_array
from fakes.edf_files import FAKES
from fakes.wfdb_files import STANDARD, fake_digital, write_wfdb


def test_files_beside_a_header_belong_to_it_and_strangers_are_listed(tmp_path):
    write_wfdb(tmp_path, "rec", leads=["I"], digital=fake_digital(1))
    (tmp_path / "rec.atr").write_bytes(b"\0\0")
    (tmp_path / "README.txt").write_text("about these files")
    (tmp_path / "orphan.dat").write_bytes(b"\0" * 100)
    write_array(tmp_path / "table.csv", fake_digital(2))
    found = search_folder(tmp_path, options={})
    assert [(location.record_id, location.format) for location in found.locations] == [
        ("rec", "wfdb"),
        ("orphan", "wfdb"),
    ]
    assert [path.name for path in found.others] == ["README.txt", "table.csv"]


def test_each_reader_gets_the_options_it_knows(tmp_path):
    write_wfdb(tmp_path, "rec", leads=["I"], digital=fake_digital(1))
    found = search_folder(tmp_path, options={"unit": "uV", **layout()})
    assert dict(found.locations[0].options) == {"unit": "mV"}


def test_another_export_of_the_same_ecg_beside_a_header_is_found_too(tmp_path):
    write_wfdb(tmp_path, "rec")
    FAKES["edf"](tmp_path, np.ones((12, 60)) / 1000, STANDARD)
    assert {location.format for location in search_folder(tmp_path, options={}).locations} == {"wfdb", "edf"}


def test_pipes_are_never_waited_for(tmp_path):
    write_wfdb(tmp_path, "rec", leads=["I"], digital=fake_digital(1))
    (tmp_path / "orphan.dat").write_bytes(b"\0" * 100)
    for name in ("pipe", "pipe.dcm", "late.hea"):
        os.mkfifo(tmp_path / name)
    found = search_folder(tmp_path, options={})
    assert {Path(location.path).name for location in found.locations} == {"rec.hea", "late.hea", "orphan.dat"}
    assert [path.name for path in found.others] == ["pipe", "pipe.dcm"]


def test_what_may_not_be_looked_into_is_told_with_the_reason(tmp_path, monkeypatch):
    (tmp_path / "broken.dcm").symlink_to(tmp_path / "nowhere")
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = search_folder(tmp_path, options={})
    assert found.others == []
    assert found.unreadable == [
        f"{tmp_path}/broken.dcm can't be read (No such file or directory): check the path and its rights",
        f"the folder {tmp_path}/closed can't be read (Permission denied): check its rights",
    ]
