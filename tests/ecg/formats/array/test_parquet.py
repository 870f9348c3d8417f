from __future__ import annotations

import struct

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError, RecordError, SpecificationError, UnreadableFileError
from fakes.array_files import layout
from fakes.effort import little_work


def signals(n_records=5, n_samples=40):
    """Return float32 (record, lead, sample)."""
    return np.random.default_rng(6).normal(size=(n_records, 12, n_samples)).astype(np.float32)


def written(tmp_path, columns, **options):
    path = tmp_path / "rec.parquet"
    parquet.write_table(pa.table(columns), path, **options)
    return path


def read_with(path, **options):
    return read(RecordLocation("r", str(path), "array", layout(**options)))


def test_a_column_per_lead_is_found_by_its_name_among_others(tmp_path):
    stored = signals()[0]
    columns = {
        "time": np.arange(40),
        **dict(zip(reversed(STANDARD_LEADS), stored[::-1], strict=True)),
        "who": ["x"] * 40,
    }
    record = read_with(written(tmp_path, columns))
    np.testing.assert_array_equal(record.signal, stored)
    assert record.leads == STANDARD_LEADS


@pytest.mark.parametrize("kind", [np.int16, np.int64, np.float32, np.float64])
def test_numbers_of_all_kinds_are_read(tmp_path, kind):
    stored = (signals()[0, :2] * 1000).astype(kind)
    record = read_with(written(tmp_path, {"I": stored[0], "II": stored[1]}), leads="I,II", unit="uV")
    np.testing.assert_allclose(record.signal, stored.astype(np.float64) / 1000, rtol=1e-6)


def test_columns_of_other_names_are_declared_by_place_or_are_all_there_is(tmp_path):
    stored = signals()[0]
    path = written(tmp_path, {"t": np.arange(40.0), "ch1": stored[0], "ch2": stored[1]})
    record = read_with(path, leads="I,II", columns=[1, 2])
    np.testing.assert_array_equal(record.signal, stored[:2])
    with pytest.raises(SpecificationError, match=r"columns t, ch1, ch2, none of them named like the leads I, II"):
        read_with(path, leads="I,II")
    with pytest.raises(SpecificationError, match="columns 0 to 2, declared are"):
        read_with(path, leads="I,II", columns=[1, 3])
    record = read_with(written(tmp_path, {"ch1": stored[0], "ch2": stored[1]}), leads="I,II")
    np.testing.assert_array_equal(record.signal, stored[:2])


def test_missing_values_are_samples_that_were_not_recorded(tmp_path):
    record = read_with(written(tmp_path, {"II": [1, None, 3]}), leads="II")
    np.testing.assert_array_equal(record.signal, [[1, np.nan, 3]])
    listed = written(tmp_path, {"II": [[1, None, 3]]})
    record = read_with(listed, leads="II", axes="record,sample", row=0)
    np.testing.assert_array_equal(record.signal, [[1, np.nan, 3]])


@pytest.mark.parametrize("axes", ["record,lead,sample", "record,sample,lead"])
@pytest.mark.parametrize("rows_per_group", [2, 100])
def test_a_row_per_record_holds_lists_of_lists(tmp_path, axes, rows_per_group):
    stored = signals()
    turned = stored if axes.endswith("sample") else stored.transpose(0, 2, 1)
    columns = {"ecg": turned.tolist(), "label": np.arange(5)}
    path = written(tmp_path, columns, row_group_size=rows_per_group)
    found = locate(path, options=layout(axes=axes))
    assert [location.record_id for location in found] == [f"rec_{row}" for row in range(5)]
    for row in (4, 0, 3):
        np.testing.assert_array_equal(read(found[row]).signal, stored[row])
    assert read_with(path, axes=axes, row=1, dataset="ecg").signal.shape == (12, 40)
    with pytest.raises(SpecificationError, match="no column 'egc', only ecg, label"):
        read_with(path, axes=axes, row=1, dataset="egc")


def test_a_row_per_record_holds_a_list_per_lead(tmp_path):
    stored = signals()
    columns = {lead: list(stored[:, place]) for place, lead in enumerate(STANDARD_LEADS)} | {"age": np.arange(5)}
    path = written(tmp_path, columns)
    np.testing.assert_array_equal(read_with(path, axes="record,lead,sample", row=3).signal, stored[3])


def test_records_may_differ_in_length(tmp_path):
    path = written(tmp_path, {"II": [[1.0, 2.0], [1.0, 2.0, 3.0], [4.0]]})
    lengths = [read_with(path, axes="record,sample", leads="II", row=row).signal.shape[1] for row in range(3)]
    assert lengths == [2, 3, 1]


def test_fixed_size_lists_are_lists(tmp_path):
    stored = signals()[:, 0]
    column = pa.FixedSizeListArray.from_arrays(pa.array(stored.reshape(-1)), 40)
    path = written(tmp_path, {"II": column})
    for row in (0, 2):
        np.testing.assert_array_equal(read_with(path, axes="record,sample", leads="II", row=row).signal, stored[[row]])


def test_what_is_no_rectangle_of_numbers_is_refused_by_name(tmp_path):
    cases = [
        ({"II": [[1.0], None]}, {"leads": "II", "axes": "record,sample", "row": 1}, "no samples in row 1"),
        ({"II": pa.array([], pa.list_(pa.float32()))}, {"leads": "II", "axes": "record,sample", "row": 0}, "no rows"),
        ({"I": [[1.0]], "II": [[1.0, 2.0]]}, {"leads": "I,II", "axes": "record,lead,sample", "row": 0}, "I 1, II 2"),
        ({"x": [[[1.0], [1.0, 2.0]]]}, {"leads": "I,II", "axes": "record,lead,sample", "row": 0}, "differ in length"),
        ({"x": [[[[1.0]]]]}, {"leads": "I", "dataset": "x"}, "lists of lists of lists"),
        ({"II": ["a"]}, {"leads": "II"}, "string, not numbers"),
        ({"II": [1.0], "I": [[1.0]]}, {"leads": "I,II"}, "of different kinds"),
        ({"II": [[1.0, 2.0]]}, {"leads": "II", "axes": "sample,record", "row": 0}, "axes that begin with it"),
        ({"II": [1.0, 2.0]}, {"leads": "II", "axes": "record,sample,lead", "row": 0}, "declare all of them"),
        ({"x": [[[1.0], [2.0]]]}, {"leads": "I", "axes": "record,lead,sample", "row": 0}, "holds 2 leads"),
    ]
    for columns, options, words in cases:
        path = written(tmp_path, columns)
        with pytest.raises((UnreadableFileError, SpecificationError, LeadError), match=words):
            read_with(path, **options)


def test_damaged_files_give_typed_errors(tmp_path):
    whole = written(tmp_path, dict(zip(STANDARD_LEADS, signals()[0], strict=True))).read_bytes()
    random = np.random.default_rng(2)
    path = tmp_path / "damaged.parquet"
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(4):
            damaged[int(random.integers(len(whole)))] = int(random.integers(256))
        path.write_bytes(damaged[: int(random.integers(len(whole) // 2, len(whole) + 1))])
        try:
            read_with(path)
        except (RecordError, SpecificationError) as error:
            assert "damaged.parquet" in str(error)  # noqa: PT017 - some damages go unseen


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    zeros = pa.chunked_array([pa.array(np.zeros(1_000_000, np.float32))] * 40)
    path = written(tmp_path, {"II": zeros}, compression="zstd", row_group_size=1 << 30)
    assert path.stat().st_size < 1_000_000
    with little_work(), pytest.raises(UnreadableFileError, match=r"claim to unpack to 320000000"):
        read_with(path, leads="II")


def test_a_table_without_its_end_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + struct.pack("<I", 1 << 31) + b"PAR1")
    with pytest.raises(UnreadableFileError, match=r"a\.parquet is damaged"):
        read_with(path)
