from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.ecg.formats.scp.beats import Beats
from einthoven.ecg.formats.scp.bimodal import expansion
from einthoven.ecg.formats.scp.leads import Lead


def _beats(protected, complexes=()) -> Beats:
    kind, first, last = (np.array([entry[k] for entry in complexes], np.int64) for k in range(3))
    zones = np.array(protected, np.int64).reshape(-1, 2)
    return Beats(1000, 1, kind, first, first, last, zones)


def _expanded_step_by_step(stored, lead, protected, complexes, factor):
    """Return the samples by the description, one after the other."""
    inside = [any(a <= n <= b for a, b in protected) for n in range(lead.first, lead.last + 1)]
    samples, at, n = [], 0, 0
    while n < len(inside):
        end = n
        while end < len(inside) and inside[end] == inside[n]:
            end += 1
        length = end - n
        if inside[n]:
            samples += stored[at : at + length]
            at += length
        else:
            groups, rest = divmod(length, factor)
            values = stored[at : at + groups]
            half = factor // 2
            stretch = [values[0]] * half if values else []
            for early, late in itertools.pairwise(values):
                stretch += [early + int(np.rint((late - early) * k / factor)) for k in range(factor)]
            stretch += values[-1:] * (factor - half) if values else []
            samples += stretch + stored[at + groups : at + groups + rest]
            at += groups + rest
        n = end
    edges = {0, len(inside) - 1}
    for kind, first, last in complexes:
        if kind == 0:
            edges |= {first - 1 - lead.first, first - lead.first, last - lead.first, last + 1 - lead.first}
    return at, [
        value if inside[n] or n in edges else int(np.rint(sum(samples[n - 1 : n + 2]) / 3))
        for n, value in enumerate(samples)
    ]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_zones_expand_as_the_description_says_step_by_step(data):
    first = data.draw(st.integers(1, 20))
    lead = Lead("I", first, first + data.draw(st.integers(0, 120)))
    zones = data.draw(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 150)), max_size=5))
    complexes = data.draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 150), st.integers(0, 150)), max_size=4))
    factor = data.draw(st.sampled_from([2, 4]))
    plan = expansion(lead, _beats(zones, complexes), factor=factor)
    stored = data.draw(st.lists(st.integers(-3000, 3000), min_size=plan.n_stored, max_size=plan.n_stored))
    used, expected = _expanded_step_by_step(stored, lead, zones, complexes, factor)
    assert used == plan.n_stored
    assert plan(np.array(stored, np.int64)).tolist() == expected


def test_protected_samples_are_exact_and_a_flat_line_stays_flat():
    lead = Lead("I", 1, 40)
    plan = expansion(lead, _beats([(13, 20)]), factor=4)
    qrs = [0, 50, -80, 900, -300, 20, 7, 7]
    assert plan.n_stored == 3 + 8 + 5
    samples = plan(np.array([7] * 3 + qrs + [7] * 5))
    assert samples[12:20].tolist() == qrs
    assert samples[:11].tolist() == [7] * 11
    assert samples[21:].tolist() == [7] * 19


def test_a_slope_outside_the_zones_is_rebuilt_within_a_unit():
    truth = np.arange(400) * 3
    stored = np.rint(truth.reshape(-1, 4).mean(axis=1)).astype(int)
    samples = expansion(Lead("I", 1, 400), _beats([]), factor=4)(stored)
    assert np.abs(samples - truth)[4:-4].max() <= 2  # a group stands for its third sample, half a sample late


def test_samples_left_over_behind_the_groups_are_stored_as_they_are():
    plan = expansion(Lead("I", 1, 11), _beats([]), factor=4)
    assert plan.n_stored == 2 + 3
    assert plan(np.array([0, 0, 30, 60, 90]))[[8, 9, 10]].tolist() == [30, 60, 90]


@pytest.mark.parametrize("zone", [(1, 4_294_967_295), (0, 4_294_967_295)])
def test_zones_beyond_the_lead_are_cut_to_it(zone):
    plan = expansion(Lead("I", 100, 199), _beats([zone]), factor=4)
    assert plan.n_stored == 100
    np.testing.assert_array_equal(plan(np.arange(100)), np.arange(100))
