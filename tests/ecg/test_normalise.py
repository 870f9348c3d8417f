"""Scaled amplitudes are the same for NumPy and torch, finite for flat leads, and no record touches its neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import NormaliseSpec
from einthoven.ecg.normalise import clip, level_of, normalise
from einthoven.errors import SpecificationError

KINDS = pytest.mark.parametrize("make", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
SCOPES = [
    NormaliseSpec("none"),
    NormaliseSpec("zscore", "lead"),
    NormaliseSpec("zscore", "record"),
    NormaliseSpec("zscore", "dataset", mean=(0.1,), std=(0.5,)),
    NormaliseSpec("zscore", "dataset", mean=(0.1, 0.2, 0.3), std=(0.5, 0.6, 0.7)),
    NormaliseSpec("zscore", "dataset", mean=(0.1,), std=(0.5,), lower=(-1.0, -0.5, 0.0), upper=(2.0,)),
    NormaliseSpec("minmax", "lead", low=-1.0),
    NormaliseSpec("minmax", "record"),
]


def batch(n_records=4, n_samples=100):
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n_records, 3, n_samples)) * [[1.0], [2.0], [5.0]] + 3).astype(np.float32)


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
@pytest.mark.parametrize(("scope", "axes"), [("lead", (2,)), ("record", (1, 2))])
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (-3.0, 0.5)])
def test_minmax_reaches_from_low_to_high(make, scope, axes, low, high):
    scaled = np.asarray(normalise(make(batch()), NormaliseSpec("minmax", scope, low=low, high=high)))
    assert scaled.dtype == np.float32
    assert scaled.min(axis=axes) == pytest.approx(low, abs=1e-6)
    assert scaled.max(axis=axes) == pytest.approx(high, abs=1e-6)
    lowest, highest = batch().min(axis=axes, keepdims=True), batch().max(axis=axes, keepdims=True)
    assert scaled == pytest.approx(low + (high - low) * (batch() - lowest) / (highest - lowest), abs=1e-5)


@KINDS
@pytest.mark.parametrize("value", [0.0, 7.0, 7.3, -0.1, 1e-30, 3000.7])
@pytest.mark.parametrize("scope", ["lead", "record"])
@pytest.mark.parametrize("eps", [0.0, 1e-8, 1e-6])
def test_constant_amplitudes_become_zero_or_low_exactly(make, value, scope, eps):
    """The mean of 5000 times 7.3 is not 7.3 in float32, and what is left must not be blown up to one."""
    flat = make(np.full((2, 3, 5000), value, dtype=np.float32))
    assert not np.asarray(normalise(flat, NormaliseSpec("zscore", scope, eps=eps))).any()
    assert (np.asarray(normalise(flat, NormaliseSpec("minmax", scope, low=-0.7))) == np.float32(-0.7)).all()


@KINDS
def test_a_flat_lead_leaves_the_others_alone(make):
    signal = batch()
    signal[:, 1] = 7.3
    for spec in (NormaliseSpec("zscore", eps=0.0), NormaliseSpec("minmax")):
        scaled = np.asarray(normalise(make(signal), spec))
        assert np.isfinite(scaled).all()
        assert np.array_equal(scaled[:, [0, 2]], np.asarray(normalise(make(signal[:, [0, 2]]), spec)))
        assert not scaled[:, 1].any()


@KINDS
def test_small_waves_on_a_large_offset_are_no_flat_lead(make):
    """0.1 mV on an electrode offset of 300 mV."""
    wave = (300 + 0.1 * np.sin(np.arange(5000) / 30)).astype(np.float32)[np.newaxis]
    assert np.asarray(normalise(make(wave), NormaliseSpec("zscore"))).std() == pytest.approx(1, abs=0.01)


@KINDS
@pytest.mark.parametrize("spec", [NormaliseSpec("zscore", "record"), NormaliseSpec("minmax", low=-1.0)], ids=str)
def test_the_level_of_a_signal_gives_what_the_signal_gives_by_itself(make, spec):
    signal = make(batch())
    with_level = normalise(signal, spec, level_of(signal, spec))
    assert np.array_equal(np.asarray(with_level), np.asarray(normalise(signal, spec)))


@KINDS
def test_limits_cut_each_lead_off_before_the_fixed_values(make):
    signal = np.array([[-9.0, 0.0, 9.0]] * 3, dtype=np.float32)
    spec = NormaliseSpec("zscore", "dataset", (1.0,), (2.0,), 0.0, lower=(-1.0, -3.0, -5.0), upper=(1.0, 3.0, 5.0))
    scaled = np.asarray(normalise(make(signal), spec))
    assert scaled.tolist() == [[-1.0, -0.5, 0.0], [-2.0, -0.5, 1.0], [-3.0, -0.5, 2.0]]


@KINDS
def test_one_limit_holds_for_all_leads_and_may_be_on_one_side(make):
    signal = make(np.array([[-9.0, 9.0]] * 3, dtype=np.float32))
    spec = NormaliseSpec("zscore", "dataset", (0.0,), (1.0,), 0.0, upper=(4.0,))
    assert np.asarray(normalise(signal, spec)).tolist() == [[-9.0, 4.0]] * 3


@KINDS
def test_limits_leave_the_signal_that_came_alone(make):
    signal = make(batch())
    normalise(signal, NormaliseSpec("zscore", "dataset", (0.0,), (1.0,), lower=(0.0,)))
    assert np.array_equal(np.asarray(signal), batch())


def test_limits_that_do_not_fit_the_leads_are_refused():
    spec = NormaliseSpec("zscore", "dataset", mean=(0.0,), std=(1.0,), lower=(0.0, 0.0))
    with pytest.raises(SpecificationError, match="each of 3 leads, got 2 and 0"):
        normalise(batch(), spec)


@pytest.mark.parametrize("method", ["zscore", "minmax"])
@pytest.mark.parametrize("scope", ["lead", "record"])
def test_gradients_reach_the_signal(method, scope):
    signal = torch.as_tensor(batch()).requires_grad_()
    (normalise(signal, NormaliseSpec(method, scope)) ** 3).sum().backward()
    assert signal.grad is not None
    assert bool(torch.isfinite(signal.grad).all())
    assert (signal.grad != 0).float().mean() > 0.9
