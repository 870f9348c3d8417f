"""Windows, padding and the order of steps are the same for NumPy and torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.normalise import normalise
from einthoven.ecg.view import crop_starts, record_level, select_leads, view, window
from einthoven.errors import LeadError, SignalError

KINDS = pytest.mark.parametrize("make", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])


def batch(n_records=4, n_samples=100):
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n_records, 3, n_samples)) * [[1.0], [2.0], [5.0]] + 3).astype(np.float32)


@KINDS
def test_a_window_lies_where_it_was_asked_for(make):
    signal = make(batch())
    seen = window(signal, 10, 50)
    assert type(seen) is type(signal)
    assert np.array_equal(np.asarray(seen), batch()[..., 10:60])


@KINDS
def test_a_short_record_is_filled_up_with_zeros_at_the_end(make):
    seen = window(make(batch()), 60, 50, short="pad_zero")
    assert type(seen) is type(make(batch()))
    assert np.array_equal(np.asarray(seen)[..., :40], batch()[..., 60:])
    assert not np.asarray(seen)[..., 40:].any()


@KINDS
@pytest.mark.parametrize(("length", "first"), [(60, 10), (61, 10), (41, 0)])
def test_a_short_record_lies_in_the_middle_with_the_smaller_half_of_the_zeros_first(make, length, first):
    """An odd zero comes behind."""
    seen = np.asarray(window(make(batch()), 60, length, short="pad_centre"))
    assert seen.shape == (4, 3, length)
    assert np.array_equal(seen[..., first : first + 40], batch()[..., 60:])
    assert np.count_nonzero(seen) == np.count_nonzero(batch()[..., 60:])


@KINDS
@pytest.mark.parametrize("short", ["pad_zero", "pad_centre"])
def test_padding_leaves_the_signal_that_came_alone(make, short):
    signal = make(batch())
    window(signal, 60, 50, short=short)
    assert np.array_equal(np.asarray(signal), batch())


@pytest.mark.parametrize(("start", "short"), [(60, "refuse"), (-1, "pad_zero"), (100, "pad_zero"), (100, "pad_centre")])
def test_a_window_outside_the_record_is_refused(start, short):
    with pytest.raises(SignalError, match="does not lie within a record of 100"):
        window(batch(), start, 50, short=short)


@KINDS
def test_leads_are_selected_by_name(make):
    seen = np.asarray(select_leads(make(batch()), ("I", "II", "V1"), ("V1", "I")))
    assert np.array_equal(seen, batch()[:, [2, 0]])


def test_a_lead_that_is_not_stored_is_refused():
    with pytest.raises(LeadError, match="got V2"):
        select_leads(batch(), ("I", "II", "V1"), ("V2",))


@KINDS
def test_padding_has_no_part_in_the_mean(make):
    """What is seen of a short record equals its own normalised samples, followed by zeros."""
    spec = ViewSpec(leads=("II",), short="pad_zero", normalise=NormaliseSpec("zscore", "lead"), clip_mv=4.0)
    seen = np.asarray(view(make(batch()), spec, stored_leads=("I", "II", "V1"), start=0, length=150))
    own = normalise(np.clip(batch()[:, 1:2], -4, 4), spec.normalise)
    assert seen.shape == (4, 1, 150)
    assert np.abs(seen[..., :100] - own).max() < 1e-5
    assert not seen[..., 100:].any()


@KINDS
@pytest.mark.parametrize("method", ["zscore", "minmax"])
def test_a_short_record_in_the_middle_is_normalised_over_its_own_samples(make, method):
    spec = ViewSpec(short="pad_centre", normalise=NormaliseSpec(method, "lead"))
    seen = np.asarray(view(make(batch()), spec, stored_leads=("I", "II", "V1"), start=0, length=151))
    assert np.abs(seen[..., 25:125] - normalise(batch(), spec.normalise)).max() < 1e-5
    assert not seen[..., :25].any()
    assert not seen[..., 125:].any()


@KINDS
@pytest.mark.parametrize("method", ["zscore", "minmax"])
@pytest.mark.parametrize("scope", ["lead", "record"])
def test_the_level_of_the_record_is_that_of_all_its_samples_after_clipping(make, method, scope):
    """So a window is the part of the record that was clipped and normalised as a whole."""
    spec = ViewSpec(leads=("II", "V1"), normalise=NormaliseSpec(method, scope, extent="record"), clip_mv=5.0)
    seen = np.asarray(view(make(batch()), spec, stored_leads=("I", "II", "V1"), start=31, length=5))
    of_window = NormaliseSpec(method, scope)
    whole = normalise(np.clip(batch()[:, 1:], -5, 5), of_window)
    assert np.abs(seen - whole[..., 31:36]).max() < 1e-5
    assert np.abs(seen - normalise(np.clip(batch()[:, 1:, 31:36], -5, 5), of_window)).max() > 1e-3


@KINDS
def test_a_part_of_a_record_is_normalised_by_the_level_that_is_given(make):
    spec = ViewSpec(normalise=NormaliseSpec("zscore", "lead", extent="record"))
    level = record_level(make(batch()), spec)
    leads = ("I", "II", "V1")
    part = view(make(batch()[..., 20:70]), spec, stored_leads=leads, start=0, length=50, level=level)
    whole = view(make(batch()), spec, stored_leads=leads, start=20, length=50)
    assert np.array_equal(np.asarray(part), np.asarray(whole))


def test_windows_with_a_level_of_their_own_have_none_of_the_record():
    assert record_level(batch(), ViewSpec(normalise=NormaliseSpec("zscore"))) is None


def test_a_view_of_a_short_record_is_refused_where_the_spec_says_so():
    with pytest.raises(SignalError, match="pad_zero"):
        view(batch(), ViewSpec(), stored_leads=("I", "II", "V1"), start=0, length=150)


def test_gradients_reach_the_signal_through_a_padded_view():
    signal = torch.as_tensor(batch()).requires_grad_()
    spec = ViewSpec(short="pad_zero", normalise=NormaliseSpec("zscore", "record"))
    (view(signal, spec, stored_leads=("I", "II", "V1"), start=0, length=150) ** 3).sum().backward()
    assert signal.grad is not None
    assert (signal.grad != 0).all()


def test_ten_seconds_give_three_windows_of_nine():
    assert crop_starts(ViewSpec(window_s=9.0), 250.0, 2500) == [0, 125, 250]


def test_a_crop_that_does_not_fit_is_moved_back_and_doubles_fall_away():
    assert crop_starts(ViewSpec(window_s=9.0), 250.0, 2300) == [0, 50]
    assert crop_starts(ViewSpec(window_s=9.0), 250.0, 2250) == [0]


def test_a_short_record_gives_one_padded_window_or_none():
    for short in ("pad_zero", "pad_centre"):
        assert crop_starts(ViewSpec(window_s=9.0, short=short), 250.0, 1000) == [0]
    with pytest.raises(SignalError, match="4 s is shorter than the window of 9 s"):
        crop_starts(ViewSpec(window_s=9.0), 250.0, 1000)


@pytest.mark.parametrize(
    ("long", "starts"),
    [
        (LongSpec(windows=6, stride_s=9.0), [0, 900, 1800, 2700, 3600, 4500]),
        (LongSpec(windows=9, stride_s=9.0), [0, 900, 1800, 2700, 3600, 4500]),
        (LongSpec(windows=2, stride_s=9.0), [0, 900]),
        (LongSpec(windows=4), [0, 1700, 3400, 5100]),
        (LongSpec(), [0, 50, 100]),
    ],
)
def test_a_minute_is_seen_in_the_windows_that_the_spec_asks_for(long, starts):
    assert crop_starts(ViewSpec(window_s=9.0, long=long), 100.0, 6000) == starts


def test_ten_seconds_keep_their_test_crops_when_long_windows_are_set():
    assert crop_starts(ViewSpec(window_s=9.0, long=LongSpec(windows=6, stride_s=9.0)), 100.0, 1000) == [0, 50, 100]
