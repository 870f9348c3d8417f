"""Windows and normalisation give the same for NumPy and torch, and no record touches its neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.normalise import clip, normalise
from einthoven.ecg.view import crop_starts, select_leads, view, window
from einthoven.errors import LeadError, SignalError, SpecificationError

KINDS = pytest.mark.parametrize("make", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
SCOPES = [
    NormaliseSpec("none"),
    NormaliseSpec("zscore", "lead"),
    NormaliseSpec("zscore", "record"),
    NormaliseSpec("zscore", "dataset", mean=(0.1,), std=(0.5,)),
    NormaliseSpec("zscore", "dataset", mean=(0.1, 0.2, 0.3), std=(0.5, 0.6, 0.7)),
]


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
def test_padding_leaves_the_signal_that_came_alone(make):
    signal = make(batch())
    window(signal, 60, 50, short="pad_zero")
    assert np.array_equal(np.asarray(signal), batch())


@pytest.mark.parametrize(("start", "short"), [(60, "refuse"), (-1, "pad_zero"), (100, "pad_zero")])
def test_a_window_outside_the_record_is_refused(start, short):
    with pytest.raises(SignalError, match="does not lie within a record of 100"):
        window(batch(), start, 50, short=short)


@pytest.mark.parametrize("spec", SCOPES, ids=str)
def test_numpy_and_torch_agree(spec):
    numpy_result = normalise(batch(), spec)
    torch_result = normalise(torch.as_tensor(batch()), spec)
    assert numpy_result.dtype == np.float32
    assert torch_result.dtype == torch.float32
    assert np.abs(numpy_result - torch_result.numpy()).max() < 1e-5


@KINDS
@pytest.mark.parametrize("spec", SCOPES, ids=str)
def test_a_record_does_not_depend_on_its_batch(make, spec):
    together = np.asarray(normalise(make(batch(32)), spec))
    for row in (0, 17):
        alone = np.asarray(normalise(make(batch(32)[row : row + 1]), spec))
        assert np.abs(alone[0] - together[row]).max() <= 1e-6


@pytest.mark.parametrize(("scope", "axis"), [("lead", 2), ("record", (1, 2))])
def test_zscore_leaves_mean_zero_and_deviation_one(scope, axis):
    scaled = normalise(batch(), NormaliseSpec("zscore", scope)).astype(np.float64)
    assert scaled.mean(axis=axis) == pytest.approx(0, abs=1e-5)
    assert scaled.std(axis=axis) == pytest.approx(1, abs=1e-5)


def test_fixed_values_apply_to_their_own_lead():
    spec = NormaliseSpec("zscore", "dataset", mean=(0.0, 1.0, 2.0), std=(1.0, 2.0, 4.0), eps=0.0)
    scaled = normalise(np.full((3, 5), 6.0, dtype=np.float32), spec)
    assert scaled[:, 0] == pytest.approx([6.0, 2.5, 1.0])


@pytest.mark.parametrize("fixed", [((0.0, 1.0), (1.0, 1.0)), ((), ()), ((0.0,), (1.0, 1.0, 1.0))])
def test_fixed_values_that_do_not_fit_the_leads_are_refused(fixed):
    with pytest.raises(SpecificationError, match="each of 3 leads"):
        normalise(batch(), NormaliseSpec("zscore", "dataset", mean=fixed[0], std=fixed[1]))


@KINDS
def test_a_constant_lead_becomes_zero(make):
    scaled = normalise(make(np.full((1, 2, 50), 7.0, dtype=np.float32)), NormaliseSpec("zscore", "lead"))
    assert not np.asarray(scaled).any()


@KINDS
def test_amplitudes_are_clipped_on_both_sides(make):
    clipped = np.asarray(clip(make(np.array([[-3.0, 0.5, 9.0]], dtype=np.float32)), 2.0))
    assert clipped.tolist() == [[-2.0, 0.5, 2.0]]


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
    assert crop_starts(ViewSpec(window_s=9.0, short="pad_zero"), 250.0, 1000) == [0]
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
