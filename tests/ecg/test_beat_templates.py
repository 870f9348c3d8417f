from __future__ import annotations

import numpy as np

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beat_templates import beat_templates
from einthoven.ecg.qrs_activity import qrs_activity
from einthoven.ecg.record import Record
from fakes.synthetic_ecg import synthetic_ecg


def _templates(ecg, record=None):
    analysis = analysis_signal(record or ecg.record)
    activity = qrs_activity(analysis.signal, analysis.lost)
    at = 500 * ecg.beat_s
    return beat_templates(analysis.signal, activity, at[(at > 10) & (at < analysis.signal.shape[1] - 10)])


def _of(ecg, shape):
    return [k for k, name in enumerate(ecg.shapes) if name == shape and ecg.beat_s[k] < ecg.record.duration_s - 0.5]


def test_beats_of_one_focus_share_a_template():
    assert set(_templates(synthetic_ecg(noise_mv=0.03)).template.tolist()) == {0}


def test_two_extrasystoles_have_a_template_of_their_own():
    ecg = synthetic_ecg(premature={3: "pvc", 8: "pvc"}, noise_mv=0.03)
    template = _templates(ecg).template
    assert template[_of(ecg, "pvc")].tolist() == [1, 1]
    assert set(template[_of(ecg, "normal")].tolist()) == {0}


def test_a_single_extrasystole_has_none():
    ecg = synthetic_ecg(premature={3: "pvc"}, noise_mv=0.03)
    assert _templates(ecg).template[3] == -1


def test_an_early_beat_of_the_same_shape_shares_the_template():
    ecg = synthetic_ecg(premature={3: "pac"}, noise_mv=0.03)
    assert _templates(ecg).template[3] == 0


def test_in_bigeminy_the_narrow_beats_are_dominant_whichever_comes_first():
    for first in (0, 1):
        ecg = synthetic_ecg(premature=dict.fromkeys(range(first, 30, 2), "pvc"), noise_mv=0.02)
        template = _templates(ecg).template
        assert template[_of(ecg, "normal")[1]] == 0
        assert template[_of(ecg, "pvc")[1]] == 1


def test_the_template_with_most_beats_is_dominant_even_if_it_is_wide():
    ecg = synthetic_ecg(shape="lbbb", premature={}, noise_mv=0.02)
    assert set(_templates(ecg).template.tolist()) == {0}


def test_a_beat_whose_t_wave_is_cut_off_joins_no_template_but_has_a_shape():
    ecg = synthetic_ecg(first_s=0.15, noise_mv=0.02)
    templates = _templates(ecg)
    assert templates.template[0] == -1
    assert set(templates.template[1:-1].tolist()) == {0}


def test_a_beat_beside_a_gap_joins_no_template():
    ecg = synthetic_ecg(noise_mv=0.02)
    signal = ecg.record.signal.copy()
    signal[:, 2400:3000] = np.nan  # from 175 ms behind a beat at 4.45 s... to 6 s
    templates = _templates(ecg, Record(signal, ecg.record.leads, 500.0, "gap"))
    beside = int(np.abs(ecg.beat_s - 4.45).argmin())
    assert templates.template[beside] == -1
    assert templates.shape[beside] == 0


def test_noise_lowers_the_bar_for_likeness():
    ecg = synthetic_ecg(premature={3: "pvc", 8: "pvc"}, noise_mv=0.12, seed=1)
    template = _templates(ecg).template
    assert set(template[_of(ecg, "normal")].tolist()) == {0}
    assert 0 not in template[_of(ecg, "pvc")].tolist()


def test_beats_of_one_template_lie_on_each_other():
    ecg = synthetic_ecg(rr_ms=777.7, noise_mv=0.01)
    templates = _templates(ecg)
    distance = templates.sample - 500 * ecg.beat_s[: templates.sample.size]
    assert np.ptp(distance[templates.template == 0]) < 0.5


def test_a_long_record_is_sorted_by_templates_of_some_of_its_beats():
    ecg = synthetic_ecg(duration_s=120.0, premature=dict.fromkeys(range(5, 150, 7), "pvc"), noise_mv=0.02)
    templates = _templates(ecg)
    assert templates.sample.size > 128
    assert set(templates.template[_of(ecg, "pvc")].tolist()) == {1}


def test_no_beats_make_no_templates():
    ecg = synthetic_ecg()
    analysis = analysis_signal(ecg.record)
    activity = qrs_activity(analysis.signal, analysis.lost)
    assert beat_templates(analysis.signal, activity, np.zeros(0)).sample.size == 0
