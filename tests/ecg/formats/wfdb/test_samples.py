from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.wfdb.samples import CODINGS, checksums, to_millivolts
from fakes.wfdb_files import ENCODERS


@pytest.mark.parametrize("fmt", sorted(CODINGS))
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 5), (12, 4)])
def test_decoding_inverts_the_encoding_up_to_the_extremes(fmt, shape):
    coding = CODINGS[fmt]
    values = np.random.default_rng(fmt).integers(coding.invalid, -coding.invalid, shape)
    values.reshape(-1)[0] = coding.invalid
    values.reshape(-1)[-1] = -coding.invalid - 1
    encoded = ENCODERS[fmt]([int(value) for value in values.T.reshape(-1)])
    assert len(encoded) == coding.n_bytes(values.size)
    decoded = coding.decode(memoryview(encoded), *shape)
    np.testing.assert_array_equal(decoded, values)
    assert decoded.flags.c_contiguous


@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_checksums_are_16_bit_sums(kind):
    digital = np.full((2, 5000), 32000, dtype=kind)
    digital[1] = -32000
    assert checksums(digital) == [32000 * 5000 % 65536, -32000 * 5000 % 65536]


@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_millivolts_are_rounded_once(kind):
    digital = np.arange(-32767, 32767, 7, dtype=kind).reshape(2, -1)
    gain, baseline = np.array([1000.0, 312.7]), np.array([0, 1024])
    exact = (digital.astype(float) - baseline[:, None]) / gain[:, None]
    found = to_millivolts(digital, gain, baseline=baseline, invalid=-(1 << 31))
    np.testing.assert_allclose(found, exact, rtol=1.3e-7)
    assert found.dtype == np.float32
