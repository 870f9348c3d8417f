from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.dicom.groups import median_beat, rhythm
from einthoven.ecg.formats.dicom.waveform import Channel, Group
from einthoven.errors import SignalError
from fakes.wfdb_files import STANDARD

TRIPLES = [STANDARD[start : start + 3] for start in (0, 3, 6, 9)]


def make(number=1, leads=STANDARD, n_samples=500, *, rate=500.0, value=1, filters=(), **changes):
    channels = tuple(Channel(name=lead, step=1, offset=0, unit="uV", skew_s=0, filters=filters) for lead in leads)
    said = {
        "number": number,
        "label": "RHYTHM",
        "original": True,
        "median": False,
        "offset_s": None,
        "sampling_rate_hz": rate,
        "digital": np.full((len(leads), n_samples), value, np.int16),
        "absent": None,
        "channels": channels,
        "notes": (),
    }
    return Group(**(said | changes))


def test_the_original_group_with_most_standard_leads_is_the_recording():
    strip = make(1, ("II",), 5000)
    twelve = make(2, value=7)
    derived = make(3, n_samples=9000, original=False, label="FILTERED")
    chosen = rhythm([strip, twelve, derived], where="x")
    assert (chosen.channels.digital == 7).all()
    assert chosen.starts_s == {2: 0.0}
    assert chosen.notes == (
        "group 1 (RHYTHM) of 1 channels, 10 s, 500 Hz is left out",
        "group 3 (FILTERED) of 12 channels, 18 s, 500 Hz is left out",
    )


def test_of_two_with_the_same_leads_the_longer_is():
    chosen = rhythm([make(1, value=1), make(2, n_samples=600, value=2)], where="x")
    assert chosen.channels.digital.shape == (12, 600)
    assert rhythm([make(1, original=False), make(2, ("II",), original=False)], where="x").starts_s == {1: 0.0}


def test_groups_of_one_length_and_rate_are_one_recording():
    groups = [make(number, leads, value=number) for number, leads in enumerate(TRIPLES, 1)]
    chosen = rhythm(groups, where="x")
    assert tuple(chosen.channels.names) == STANDARD
    assert chosen.channels.digital[:, 0].tolist() == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    assert chosen.channels.absent is None
    assert chosen.notes[-1].endswith("are read as simultaneous")


def test_leads_that_follow_each_other_keep_their_times():
    """Three leads in 2.5 s each, as on paper, above a rhythm strip."""
    groups = [
        make(number, leads, 1250, value=number, offset_s=2.5 * (number - 1)) for number, leads in enumerate(TRIPLES, 1)
    ]
    strip = make(5, ("II",), 5000, value=5, offset_s=0.0)
    chosen = rhythm([*groups, strip], where="x")
    channels = chosen.channels
    assert channels.digital.shape == (12, 5000)
    present = {name: np.flatnonzero(~channels.absent[row]) for row, name in enumerate(channels.names)}
    assert (present["I"][0], present["I"][-1]) == (0, 1249)
    assert (present["V4"][0], present["V4"][-1]) == (3750, 4999)
    assert chosen.starts_s == {1: 0.0, 2: 2.5, 3: 5.0, 4: 7.5}
    assert "read at their own times" in chosen.notes[-1]
    assert any("group 5" in note and "left out" in note for note in chosen.notes)


def test_other_rates_and_far_away_groups_are_left_out():
    first = make(1, TRIPLES[0], offset_s=0.0)
    for other in (make(2, TRIPLES[1], 200, rate=250.0), make(2, TRIPLES[1], offset_s=1e12)):
        chosen = rhythm([first, other], where="x")
        assert chosen.channels.digital.shape == (3, 500)
        assert "group 2" in chosen.notes[0]


def test_filters_of_some_channels_name_them():
    groups = [make(1, TRIPLES[0], filters=("low-pass 150 Hz",)), make(2, TRIPLES[1])]
    assert rhythm(groups[:1], where="x").filters == ("low-pass 150 Hz",)
    assert rhythm(groups, where="x").filters == ("low-pass 150 Hz (I, II, III)",)


def test_the_representative_beat_is_labelled_so_or_derived_and_short():
    recording = make(1)
    chosen = rhythm([recording], where="x")
    labelled = make(2, n_samples=300, median=True, original=False)
    derived = make(3, n_samples=300, original=False, label="")
    assert median_beat([recording, derived, labelled], chosen) is labelled
    assert median_beat([recording, derived], chosen) is derived
    assert median_beat([recording, make(3, n_samples=5000, original=False)], chosen) is None
    assert median_beat([recording], chosen) is None


def test_a_beat_alone_is_no_recording():
    with pytest.raises(SignalError, match="representative beat only"):
        rhythm([make(median=True)], where="x")
