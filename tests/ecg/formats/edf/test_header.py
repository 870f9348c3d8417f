from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.edf.header import parse_header, recognises
from einthoven.errors import UnitError, UnreadableFileError
from fakes.edf_files import write_edf

DIGITAL = np.arange(80).reshape(2, 40)


def _edf(folder, **changes) -> bytes:
    return write_edf(folder / "a.edf", DIGITAL, ["ECG I", "ECG II"], **changes).read_bytes()


def test_every_field_is_found_where_the_specification_puts_it(tmp_path):
    header = parse_header(_edf(tmp_path, unit="mV", ranges=[(-5, 5, -100, 100), ("-1.5", "2,5", 0, 8)]), where="a.edf")
    assert (header.is_bdf, header.is_plus, header.n_records, header.n_bytes, header.record_bytes) == (
        *(False, False, 2),
        *(768, 80),
    )
    first, second = header.signals
    assert (first.label, first.unit, first.samples_per_record) == ("ECG I", "mV", 20)
    assert (first.prefiltering, header.rate_hz(first)) == ("HP:0.05Hz LP:150Hz N:50Hz", 500)
    assert first.step_and_offset(where="a.edf") == pytest.approx((0.05, 0))
    assert second.step_and_offset(where="a.edf") == pytest.approx((0.5, -1.5))
    assert (header.patient, header.recording) == ("X X X X", "Startdate X X X X")


def test_a_rate_is_exact_though_the_record_lasts_a_decimal_fraction(tmp_path):
    header = parse_header(_edf(tmp_path, record_samples=1, record_s="0.00125"), where="a.edf")
    assert header.rate_hz(header.signals[0]) == 800.0


def test_inverted_polarity_gives_a_negative_step(tmp_path):
    header = parse_header(_edf(tmp_path, ranges=[(5, -5, -100, 100)] * 2), where="a.edf")
    assert header.signals[0].step_and_offset(where="a.edf") == pytest.approx((-0.05, 0))


@pytest.mark.parametrize("span", [(0, 0, -5, 5), (-1, 1, 5, 5), (-1, 1, 5, -5), ("nan", 1, -5, 5), ("", "", "", "")])
def test_a_range_that_gives_no_amplitude_is_refused(tmp_path, span):
    header = parse_header(_edf(tmp_path, ranges=[span] * 2), where="a.edf")
    with pytest.raises(UnitError, match=r"a.edf: signal 'ECG I' maps .* gives no amplitude"):
        header.signals[0].step_and_offset(where="a.edf")


@pytest.mark.parametrize(
    ("start", "stop", "text", "message"),
    [
        (0, 8, b"1", "has to begin with"),
        (184, 192, b"1024", "declares a header of 1024 bytes, 2 signals take 768"),
        (236, 244, b"many", "number of data records"),
        (244, 252, b"-1", "duration of a record"),
        (244, 252, b"inf", "duration of a record"),
        (252, 256, b"0", "declares 0 signals"),
        (252, 256, b"9999", "declares 9999 signals"),
        (252, 256, b"-2", "declares -2 signals"),
        (688, 696, b"-20", "has '-20' samples a record"),
        (688, 696, b"", "has '' samples a record"),
    ],
)
def test_a_field_that_the_layout_depends_on_is_refused_by_name(tmp_path, start, stop, text, message):
    content = bytearray(_edf(tmp_path))
    content[start:stop] = text.ljust(stop - start)
    with pytest.raises(UnreadableFileError, match=message):
        parse_header(bytes(content), where="a.edf")


def test_only_a_header_whose_length_fits_its_signals_is_recognised(tmp_path):
    content = _edf(tmp_path)
    assert recognises(content)
    assert recognises(_edf(tmp_path, bdf=True))
    assert not recognises(content[:255])
    assert not recognises(content[:184] + b"256     " + content[192:])
    assert not recognises(b"0       " + b" " * 400)
