"""Damaged and hostile files of every format are read or refused by name, soon and in little memory.

``EINTHOVEN_FUZZ`` is the number of files per format, ``EINTHOVEN_FUZZ_SEED`` the seed; `make fuzz` raises the former.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from einthoven.ecg.formats import FORMATS, RecordLocation, read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import EinthovenError
from fakes import all_fakes
from fakes.effort import little_work
from fakes.hostile_bytes import damaged, damages

FILES = int(os.environ.get("EINTHOVEN_FUZZ", "500"))
SEED = int(os.environ.get("EINTHOVEN_FUZZ_SEED", "1"))
MAX_GROWTH_KB = 200_000


def _read_or_refuse(location: RecordLocation) -> bool:
    """Return whether the file was read; anything but a sound record or an error that names the file fails the test."""
    refusal = ""
    with little_work():
        try:
            record = read(location, with_sha256=False)
        except EinthovenError as error:
            refusal = str(error)
    if refusal:
        assert Path(location.path).stem in refusal, "the error doesn't name the file"
        return False
    assert record.leads == tuple(lead for lead in STANDARD_LEADS if lead in record.leads)
    assert record.signal.shape[0] == len(record.leads)
    assert not np.isinf(record.signal).any()
    return True


def _files_of(location: RecordLocation) -> list[Path]:
    path = Path(location.path)
    return sorted(file for file in path.parent.iterdir() if file.stem == path.stem)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_damaged_files_are_read_or_refused(tmp_path, capsys, name):
    """Half a thousand files per format, from all of its fakes."""
    seeds = []
    for kind, fake in all_fakes.fakes_of(name).items():
        folder = tmp_path / kind.strip(".")
        folder.mkdir()
        location = fake(folder, all_fakes.signal_mv(name), all_fakes.leads_of(name))
        assert _read_or_refuse(location), "the undamaged file must be read"
        seeds.append((location, [(file, file.read_bytes()) for file in _files_of(location)]))
    outcome = {"read": 0, "refused": 0}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @seed(SEED)
    @settings(
        max_examples=FILES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pieces=damages())
    def once(pieces):
        turn = sum(outcome.values())
        location, files = seeds[turn % len(seeds)]
        file, content = files[turn // len(seeds) % len(files)]
        file.write_bytes(damaged(content, pieces))
        try:
            outcome["read" if _read_or_refuse(location) else "refused"] += 1
        finally:
            file.write_bytes(content)

    once()
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: {FILES} damaged files, seed {SEED}: {outcome}, memory +{growth / 1000:.0f} MB\n")
    assert growth < MAX_GROWTH_KB


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"array", "wfdb"}))
def test_files_cut_at_every_hundredth_are_refused_or_whole(tmp_path, name):
    """A cut file may be read only when nothing of the signal is missing."""
    for kind, fake in all_fakes.fakes_of(name).items():
        folder = tmp_path / kind.strip(".")
        folder.mkdir()
        location = fake(folder, all_fakes.signal_mv(name), all_fakes.leads_of(name))
        whole = read(location).signal
        content = Path(location.path).read_bytes()
        for share in range(100):
            Path(location.path).write_bytes(content[: len(content) * share // 100])
            if _read_or_refuse(location):
                np.testing.assert_array_equal(read(location).signal, whole, err_msg=f"{kind} cut at {share} %")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_zip_under_another_name_is_refused(tmp_path, name):
    """Archives end up renamed in exports."""
    for kind, fake in all_fakes.fakes_of(name).items():
        folder = tmp_path / kind.strip(".")
        folder.mkdir()
        location = fake(folder, all_fakes.signal_mv(name), all_fakes.leads_of(name))
        Path(location.path).write_bytes(b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)) * 20)
        assert not _read_or_refuse(location)
