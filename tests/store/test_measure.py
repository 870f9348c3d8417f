"""One row per readable ECG in the order of the list, whole or not at all."""

from __future__ import annotations

import os
import signal

import pyarrow.parquet as pq
import pytest

from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CancelledError, SpecificationError, UnreadableFileError
from einthoven.store import measure
from einthoven.store.measure import measure_files, rejected_path
from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA
from fakes.measurable_archive import write_ecgs


@pytest.fixture
def locations(tmp_path, monkeypatch):
    """Seven ECGs of five seconds, the fourth of which can't be read; tasks of two."""
    monkeypatch.setattr(measure, "CHUNK", 2)
    return write_ecgs(tmp_path / "ecgs", 7, bad={3})


def test_rows_stand_in_the_order_of_the_list_and_bad_files_in_a_table_of_their_own(locations, tmp_path):
    out, told = tmp_path / "new" / "m.parquet", []
    summary = measure_files(locations, out, progress=lambda *done: told.append(done))
    table = pq.read_table(out)
    assert table.schema.names == MEASUREMENTS_SCHEMA.names
    assert table.schema.metadata == MEASUREMENTS_SCHEMA.metadata
    assert table["record_id"].to_pylist() == [f"ecg{i:03d}" for i in (0, 1, 2, 4, 5, 6)]
    assert table["rr_ms"].to_pylist() == pytest.approx([700, 740, 780, 860, 900, 940], abs=2)
    assert (summary.records, summary.rejected, summary.unmeasured, summary.repeated_ids) == (6, 1, 0, 0)
    assert told == [(0, 7), (2, 7), (4, 7), (6, 7), (7, 7)]
    (rejected,) = pq.read_table(out.with_name("m.rejected.parquet")).to_pylist()
    assert rejected["path"].endswith("bad003.dcm")
    assert summary.reasons == (rejected["message"],)
    assert summary.rejected_table == rejected_path(out)


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_number_of_workers(locations, tmp_path):
    for workers in (1, 2, 3):
        measure_files(locations, tmp_path / f"m{workers}.parquet", beats=tmp_path / f"b{workers}.csv", workers=workers)
    for kind in ("m{}.parquet", "m{}.rejected.parquet", "b{}.csv"):
        one, *others = (tmp_path / kind.format(workers) for workers in (1, 2, 3))
        assert all(other.read_bytes() == one.read_bytes() for other in others)


def test_every_border_of_every_wave_is_a_second_table(locations, tmp_path):
    measure_files(locations[:2], tmp_path / "m.parquet", beats=tmp_path / "b.parquet")
    beats = pq.read_table(tmp_path / "b.parquet")
    n_beats = pq.read_table(tmp_path / "m.parquet")["n_beats"].to_pylist()
    assert beats.filter(beats.column("beat").is_valid()).num_rows == 12 * sum(n_beats)


def test_a_later_run_without_bad_files_leaves_no_table_of_them(locations, tmp_path):
    out = tmp_path / "m.parquet"
    measure_files(locations, out)
    assert rejected_path(out).exists()
    summary = measure_files(locations[:3], out)
    assert summary.rejected_table is None
    assert not rejected_path(out).exists()
    assert pq.read_table(out).num_rows == 3


def test_doubled_ids_are_counted(locations, tmp_path):
    assert measure_files([locations[0], *locations[:2]], tmp_path / "m.csv").repeated_ids == 1


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_stopped_it_leaves_what_was_there_before(locations, tmp_path, workers):
    out = tmp_path / "m.parquet"
    out.write_bytes(b"before")

    def stop(done, total):
        if done == 4:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(CancelledError, match="of 7 ECGs were measured, nothing is written") as caught:
        measure_files(locations, out, beats=tmp_path / "b.parquet", workers=workers, progress=stop)
    assert caught.value.signal_number == signal.SIGINT
    assert out.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ecgs", "m.parquet"]


def test_when_nothing_can_be_read_nothing_is_written(locations, tmp_path):
    with pytest.raises(UnreadableFileError, match=r"none of 1 ECGs could be read; .*bad003"):
        measure_files(locations[3:4], tmp_path / "m.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["ecgs"]


def test_an_ecg_is_never_replaced_by_the_table_about_it(tmp_path):
    (tmp_path / "ecg.csv").write_text("I,II\n0,0\n")
    location = RecordLocation("ecg", str(tmp_path / "ecg.csv"), "array")
    with pytest.raises(SpecificationError, match="is one of the files to measure"):
        measure_files([location], tmp_path / "." / "ecg.csv")


@pytest.mark.parametrize("beats", ["m.parquet", "m.rejected.parquet"])
def test_two_tables_never_share_a_file(locations, tmp_path, beats):
    with pytest.raises(SpecificationError, match="each table needs a file of its own"):
        measure_files(locations, tmp_path / "m.parquet", beats=tmp_path / beats)
