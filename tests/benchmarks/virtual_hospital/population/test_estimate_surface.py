"""The correction as it is written."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.heart import body_surface
from einthoven.simulation.heart.findings import FINDINGS
from einthoven.simulation.heart.time_lines import P_TIMES_MS, QRST_PLACES_MS

SIZES = {"qrst": 8 * QRST_PLACES_MS.size, "p": 8 * P_TIMES_MS.size}


@pytest.fixture
def estimate(script):
    return script("estimate_surface")


def space(estimate, kind, n):
    random = np.random.default_rng(len(kind))
    basis = np.linalg.qr(random.standard_normal((SIZES[kind], n)))[0]
    return estimate.Space(random.standard_normal(SIZES[kind]), np.full(SIZES[kind], 2.0), basis)


def fit(estimate, n, seed):
    random = np.random.default_rng(seed)
    nothing = np.zeros((n, n))
    moments = estimate.Moments(np.zeros(n), np.zeros((len(FINDINGS), n)), nothing)
    return estimate.Fit(
        0.5 * np.eye(n), random.standard_normal(n), nothing, random.standard_normal((len(FINDINGS), n)), 0.7, moments
    )


def test_a_written_correction_is_the_one_that_was_estimated(estimate, tmp_path):
    spaces = {"qrst": space(estimate, "qrst", 6), "p": space(estimate, "p", 3)}
    fits = {key: fit(estimate, 6 if key.kind == "qrst" else 3, seed) for seed, key in enumerate(estimate.KEYS)}
    estimate._write(tmp_path / "surface.npz", spaces, fits)
    with np.load(tmp_path / "surface.npz") as content:
        read = {kind: body_surface._correction(dict(content), kind) for kind in spaces}
    wave = np.ones((8, P_TIMES_MS.size), dtype=np.float32)
    findings = np.linspace(0, 1, len(FINDINGS), dtype=np.float32)
    for disease in (0.0, 1.0):
        whose = body_surface.Whose(None, findings, disease)
        kept = estimate._corrections(spaces, fits)["p"].of(wave, whose)
        assert read["p"].of(wave, whose) == pytest.approx(kept, abs=0.01 * float(np.abs(kept).max()))
    assert read["p"].first_detail == 6


def test_to_begin_with_nothing_is_changed(estimate):
    spaces = {"qrst": space(estimate, "qrst", 6), "p": space(estimate, "p", 3)}
    none = {key: estimate._unchanged(spaces[key.kind]) for key in estimate.KEYS}
    wave = np.random.default_rng(1).standard_normal((8, QRST_PLACES_MS.size)).astype(np.float32)
    whose = body_surface.Whose(np.ones(9, dtype=np.float32), np.ones(len(FINDINGS), dtype=np.float32), 1.0)
    assert estimate._corrections(spaces, none)["qrst"].of(wave, whose) == pytest.approx(0, abs=1e-5)
