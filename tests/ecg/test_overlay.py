"""What stands over an ECG: which samples a wave covers, what fits which record, and the files."""

from __future__ import annotations

import json

import numpy as np
import pytest

from einthoven.ecg.delineation import Mark
from einthoven.ecg.overlay import Overlay, Wave, beats_overlay, read_overlay, write_overlay
from einthoven.errors import SignalError, SpecificationError
from fakes.delineations import fake_delineation
from fakes.ecg_records import fake_record

LEADS = ("I", "II")


def _overlay(**changes):
    given = {"values": np.zeros((2, 10), np.int8), "leads": LEADS, "sampling_rate_hz": 250.0, "record_id": "a"}
    return Overlay(**(given | {"kind": "beats"} | changes))


def test_a_wave_covers_its_samples_from_onset_to_end_at_the_rate_of_the_record():
    record = fake_record(leads=LEADS, rate_hz=250.0)
    overlay = beats_overlay(record, fake_delineation(LEADS))
    overlay.check_fits(record)
    for wave, first_s, last_s in ((Wave.P, -0.18, -0.1), (Wave.QRS, -0.04, 0.048), (Wave.T, 0.18, 0.34)):
        seconds = np.flatnonzero(overlay.values[1, :375] == wave) / 250 - 1.0
        assert (seconds[0], seconds[-1]) == pytest.approx((first_s, last_s))
        assert np.unique(np.diff(seconds)).round(6).tolist() == [0.004]


def test_absent_waves_and_leads_without_marks_stay_empty_and_free_p_waves_are_p():
    record = fake_record(leads=("V1", "I"))
    delineation = fake_delineation(("I",), absent=(Mark.P_ON, Mark.P_PEAK, Mark.P_OFF), free_p_s=(5.0,))
    values = beats_overlay(record, delineation).values
    assert not values[0].any()
    p_s = np.flatnonzero(values[1] == Wave.P) / 250
    assert (p_s[0], p_s[-1]) == pytest.approx((4.96, 5.04))


def test_marks_beyond_the_record_are_cut_off():
    record = fake_record(leads=("I",), seconds=5.0)
    values = beats_overlay(record, fake_delineation(("I",), beats_s=(0.1, 4.97))).values
    assert values[0, 0] == Wave.P
    assert values[0, -1] == Wave.QRS


def test_values_of_another_type_or_shape_than_the_kind_says_are_refused():
    for changes in ({"values": np.zeros((2, 10), np.float32)}, {"leads": ("I",)}, {"kind": "mask"}):
        with pytest.raises(SignalError, match="an overlay of kind"):
            _overlay(**changes)
    with pytest.raises(SpecificationError, match="got 'heat'"):
        _overlay(kind="heat")


def test_an_overlay_of_another_record_is_refused_with_both_shapes():
    with pytest.raises(SignalError, match=r"\(I, II\) x 10 samples at 250 Hz, record-0 \(I, II\) x 2500"):
        _overlay().check_fits(fake_record(leads=LEADS))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("attribution", np.array([[0.5, np.nan, -1.0], [0.0, 2.0, 3.0]], np.float32)),
        ("beats", np.array([[0, 1, 1], [2, 3, 0]], np.int8)),
        ("mask", np.array([[True, False, True], [False, False, True]])),
    ],
)
def test_each_kind_is_read_as_written_and_written_alike(tmp_path, kind, values):
    overlay = Overlay(values, LEADS, 500.0, "a", kind, "saliency")
    files = write_overlay(overlay, tmp_path / "a.npz")
    assert [file.name for file in files] == ["a.npz", "a.json"]
    before = [file.read_bytes() for file in files]
    again = read_overlay(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.values, values)
    assert (again.leads, again.sampling_rate_hz, again.record_id) == (LEADS, 500.0, "a")
    assert (again.kind, again.name) == (kind, "saliency")
    assert [file.read_bytes() for file in write_overlay(again, tmp_path / "a.npz")] == before


def test_a_missing_newer_foreign_or_exchanged_description_is_refused(tmp_path):
    path, about = tmp_path / "a.npz", tmp_path / "a.json"
    write_overlay(_overlay(), path)
    facts = json.loads(about.read_text())
    for change, message in (
        ({"version": 2}, "reads up to 1"),
        ({"type": "einthoven.store"}, "does not describe an overlay"),
        ({"values_sha256": "0"}, "is not the array"),
    ):
        about.write_text(json.dumps(facts | change))
        with pytest.raises(SpecificationError, match=message):
            read_overlay(path)
    about.unlink()
    with pytest.raises(SpecificationError, match="can't be read"):
        read_overlay(path)
    with pytest.raises(SpecificationError, match=r"ends in \.npz"):
        write_overlay(_overlay(), tmp_path / "a.npy")
