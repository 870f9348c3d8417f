from __future__ import annotations

import struct

import numpy as np
import pytest

from einthoven.ecg.formats.scp.beats import beats
from einthoven.ecg.formats.scp.huffman import huffman_tables
from einthoven.ecg.formats.scp.leads import Lead, LeadDefinition
from einthoven.ecg.formats.scp.rhythm import reference_beat, rhythm
from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.values import block
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work
from fakes.scp_files import DEFAULT_TABLE, beats_body, raw_stream, samples_body

DEFAULT = huffman_tables(Section(2, 310, DEFAULT_TABLE, "rec.scp"))


def _block(streams, *, number=6, **fields):
    return block(Section(number, 1000, samples_body(streams, **fields), "rec.scp"), n_leads=len(streams))


def _definition(*spans, subtracted=False):
    names = ["I", "II", "III", "V1"]
    return LeadDefinition(tuple(Lead(names[k], *span) for k, span in enumerate(spans)), subtracted, ())


def _beats(complexes=(), zones=(), *, fiducial=3):
    return beats(Section(4, 600, beats_body(20, fiducial, complexes, zones), "rec.scp"), protocol=20, needed=True)


def _beat(rows, *, step_nv=1000, interval_us=2000):
    encoded = _block([raw_stream(row) for row in rows], number=5, step_nv=step_nv, interval_us=interval_us)
    leads = [Lead(str(k), 1, 1) for k in range(len(rows))]
    return reference_beat(encoded, leads, beat_ms=len(rows[0]) * interval_us // 1000, tables=None)


def _rhythm(stored, definition, *, complexes=None, beat=None, bimodal=False, tables=None):
    return rhythm(stored, definition, beats=complexes, beat=beat, bimodal=bimodal, tables=tables)


def test_plain_leads_are_16_bit_numbers_in_nanovolts():
    found = _rhythm(_block([raw_stream([1, -2]), raw_stream([3, 32767])], step_nv=2500), _definition((1, 2), (1, 2)))
    assert found.channels.digital.dtype == np.int16
    assert found.channels.digital.tolist() == [[1, -2], [3, 32767]]
    assert (found.channels.step, found.channels.unit, found.channels.sampling_rate_hz) == ([2500, 2500], "nV", 500)
    assert (found.channels.absent, found.first, found.resampling, found.notes) == (None, 1, "", ())


def test_leads_of_other_samples_lie_where_they_were_recorded():
    stored = _block([raw_stream([1, 2, 3]), raw_stream([4, 5])])
    found = _rhythm(stored, _definition((11, 13), (14, 15)))
    assert found.channels.digital.tolist() == [[1, 2, 3, 0, 0], [0, 0, 0, 4, 5]]
    assert found.channels.absent.tolist() == [[False] * 3 + [True] * 2, [True] * 3 + [False] * 2]
    assert found.first == 11


def test_the_reference_beat_is_added_at_complexes_of_its_kind_fiducial_on_fiducial():
    # the third sample of the beat lies on the fiducial; the second complex is of another kind
    complexes = _beats([(0, 4, 5, 6), (1, 8, 9, 10), (0, 12, 12, 14)])
    stored = _block([raw_stream([100] * 15)], step_nv=1000)
    beat = _beat([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
    found = _rhythm(stored, _definition((1, 15), subtracted=True), complexes=complexes, beat=beat)
    expected = [100] * 3 + [102, 103, 104] + [100] * 5 + [103, 104, 105] + [100]
    assert found.channels.digital.tolist() == [expected]


def test_beat_and_residual_of_different_steps_share_the_largest_unit_that_is_in_both():
    complexes = _beats([(0, 1, 3, 3)])
    found = _rhythm(
        _block([raw_stream([10, 10, 10, 10])], step_nv=2500),
        _definition((1, 4), subtracted=True),
        complexes=complexes,
        beat=_beat([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], step_nv=4000),
    )
    assert found.channels.step == [500]
    assert found.channels.digital.tolist() == [[58, 66, 74, 50]]


@pytest.mark.parametrize(("step_nv", "beat_nv"), [(0, 1000), (1000, 0), (0, 0)])
def test_a_step_of_zero_of_either_leaves_no_step_at_all(step_nv, beat_nv):
    stored, beat = _block([raw_stream([10] * 4)], step_nv=step_nv), _beat([[1] * 10], step_nv=beat_nv)
    found = _rhythm(stored, _definition((1, 4), subtracted=True), complexes=_beats([(0, 1, 3, 3)]), beat=beat)
    assert found.channels.step == [0]


def test_sums_beyond_16_bits_are_kept():
    complexes = _beats([(0, 1, 3, 3)])
    stored = _block([raw_stream([30000] * 4)])
    found = _rhythm(stored, _definition((1, 4), subtracted=True), complexes=complexes, beat=_beat([[30000] * 10]))
    assert found.channels.digital.tolist() == [[60000, 60000, 60000, 30000]]
    assert found.channels.digital.dtype == np.int32


def test_a_decimated_lead_has_the_rate_of_the_reference_beat_and_says_so():
    complexes = _beats([(1, 5, 9, 12)], [(5, 12)])
    qrs = [9, 80, -700, 900, -90, 9, 8, 8]
    stored = _block([raw_stream([8, *qrs, 8, 8])], interval_us=8000, bimodal=1)
    found = _rhythm(stored, _definition((1, 20)), complexes=complexes, beat=_beat([[0] * 10]), bimodal=True)
    assert found.channels.sampling_rate_hz == 500
    assert found.channels.digital.shape == (1, 20)
    assert found.channels.digital[0, 4:12].tolist() == qrs
    assert found.channels.digital[0, :3].tolist() == [8, 8, 8]
    assert found.channels.digital[0, 13:].tolist() == [8] * 7
    assert "1/4 of the rate outside the QRS complexes" in found.resampling


def test_the_flag_of_decimation_without_a_lower_rate_changes_nothing():
    complexes, beat = _beats([(1, 5, 9, 12)], [(5, 12)]), _beat([[0] * 10])
    found = _rhythm(_block([raw_stream(range(20))]), _definition((1, 20)), complexes=complexes, beat=beat, bimodal=True)
    assert found.channels.digital.tolist() == [list(range(20))]
    assert found.resampling == ""


def test_compression_without_the_reference_beat_is_refused():
    with pytest.raises(UnreadableFileError, match=r"rec.scp: section 6 .*section 5 that holds it is missing"):
        _rhythm(_block([b"ab"]), _definition((1, 1), subtracted=True), complexes=_beats())


@pytest.mark.parametrize("interval", [1000, 3000, 65000])
def test_rates_that_are_no_multiples_are_refused(interval):
    with pytest.raises(UnreadableFileError, match=f"has {interval} us between samples, section 5 2000 us"):
        _rhythm(
            _block([b"ab"], interval_us=interval),
            _definition((1, 1)),
            complexes=_beats(),
            beat=_beat([[0] * 10]),
            bimodal=True,
        )


def test_a_writer_whose_lengths_overflowed_is_read_with_a_note():
    stored = _block([raw_stream([5] * 32767)] * 2)
    found = _rhythm(stored, _definition((1, 40000), (1, 40000)))
    assert found.channels.digital.shape == (2, 32767)
    assert found.notes[0].startswith("the file declares 40,000 samples a lead and holds 32,767: the length of a lead")


def test_lengths_that_overflowed_without_loss_are_noted():
    body = bytearray(samples_body([b""]) + raw_stream([5] * 40000))
    body[6:8] = struct.pack("<H", 80000 & 0xFFFF)
    stored = block(Section(6, 1000, bytes(body), "rec.scp"), n_leads=1, plain_samples=[40000])
    found = _rhythm(stored, _definition((1, 40000)))
    assert found.channels.digital.shape == (1, 40000)
    assert "no sample is lost" in found.notes[0]


@pytest.mark.parametrize("tables", [None, DEFAULT])
@pytest.mark.parametrize("last", [200, 10_000_000_000 // 24, 0xFFFFFFFF])
def test_samples_that_are_declared_and_not_there_take_no_memory(tables, last):
    with little_work(), pytest.raises(UnreadableFileError, match=r"rec.scp: section 6 .*samples"):
        _rhythm(_block([raw_stream([1] * 5)] * 3), _definition(*[(1, last)] * 3), tables=tables)


def test_leads_that_lie_hours_apart_are_refused():
    stored = _block([raw_stream([1] * 5)] * 2)
    with pytest.raises(UnreadableFileError, match="spreads 2 leads over 4,000,000,004 samples"):
        _rhythm(stored, _definition((1, 5), (4_000_000_000, 4_000_000_004)))


def test_tens_of_thousands_of_overlapping_zones_are_refused_in_time():
    complexes = _beats([(0, 1, 3, 65000)] * 65535)
    stored, beat = _block([raw_stream([0] * 30000)]), _beat([[1] * 30000])
    with little_work(), pytest.raises(UnreadableFileError, match=r"zones \(section 4\) that overlap"):
        _rhythm(stored, _definition((1, 30000), subtracted=True), complexes=complexes, beat=beat)


def test_a_reference_beat_shorter_than_a_sample_is_refused():
    with pytest.raises(UnreadableFileError, match="section 5 holds a reference beat of 1 ms, 2000 us between"):
        reference_beat(_block([b"ab"], number=5), [Lead("I", 1, 1)], beat_ms=1, tables=None)
