from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import locate, read
from einthoven.errors import LeadError, UnreadableFileError
from fakes.wfdb_files import fake_digital, write_wfdb


def test_multi_segment_records_are_joined_and_gaps_are_missing(tmp_path):
    first, second = fake_digital(2, 30, seed=1), fake_digital(2, 20, seed=2)
    for name, digital in (("a", first), ("b", second)):
        write_wfdb(tmp_path, name, digital=digital, leads=["I", "II"])
    (tmp_path / "whole.hea").write_text("whole/3 2 500 60\na 30\n~ 10\nb 20\n")
    record = read(tmp_path / "whole.hea")
    np.testing.assert_allclose(record.signal[:, :30], first / 1000, rtol=1e-6)
    assert np.isnan(record.signal[:, 30:40]).all()
    np.testing.assert_allclose(record.signal[:, 40:], second / 1000, rtol=1e-6)
    assert [location.record_id for location in locate(tmp_path)] == ["whole"]


def whole(folder, *lines):
    (folder / "whole.hea").write_text("\n".join(lines))
    return folder / "whole.hea"


def test_segments_of_variable_layout_are_joined_by_lead(tmp_path):
    write_wfdb(tmp_path, "a", digital=fake_digital(2, 30), leads=["II", "V5"])
    write_wfdb(tmp_path, "b", digital=fake_digital(1, 20), leads=["V5"], fmt=212)
    (tmp_path / "layout.hea").write_text("layout 2 500 0\n~ 0 200 0 0 0 0 0 II\n~ 0 200 0 0 0 0 0 V5\n")
    record = read(whole(tmp_path, "whole/3 2 500 50", "layout 0", "a 30", "b 20"))
    assert record.leads == ("II", "V5")
    assert np.isnan(record.signal[0, 30:]).all()
    np.testing.assert_allclose(record.signal[1, 30:], fake_digital(1, 20)[0] / 1000, rtol=1e-6)


@pytest.mark.parametrize(
    ("segments", "says"),
    [
        (["a 30", "missing 20"], r"missing\.hea does not exist"),
        (["a 30", "b 25"], "has 20 samples, .* promises 25"),
        (["a 30", "whole 20"], "segments or a rate of its own"),
        (["a 30", "../b 20"], "not in its folder"),
        (["a 30", "~ 99999999999"], r"whole\.hea holds .* claim to unpack"),
        (["a 30", *["b 20"] * 500_000], r"whole\.hea holds .* claim to unpack"),
    ],
)
def test_segments_that_do_not_fit_are_refused_by_name(tmp_path, segments, says):
    for name, length in (("a", 30), ("b", 20)):
        write_wfdb(tmp_path, name, digital=fake_digital(2, length), leads=["I", "II"])
    with pytest.raises(UnreadableFileError, match=says):
        read(whole(tmp_path, f"whole/{len(segments)} 2 500 50", *segments))


def test_a_record_of_gaps_is_refused(tmp_path):
    with pytest.raises(LeadError, match="no segment with samples"):
        read(whole(tmp_path, "whole/1 2 500 50", "~ 50"))
