"""A store in memory, with ECG-like signals whose labels can be learnt."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from einthoven.ecg.input_spec import FilterSpec, IngestSpec


class FakeStore:
    """What training and prediction use of a store.

    The first lead carries a slow wave whose sign is the label ``up``; ``loud`` doubles the noise of the second.
    """

    def __init__(self, n_records: int = 64, *, lengths=(250,), leads=("I", "II", "V1"), seed: int = 0) -> None:
        generator = np.random.default_rng(seed)
        self.spec = IngestSpec(leads=tuple(leads), rate_hz=100.0, filter=FilterSpec(kind="none"))
        self.leads = self.spec.leads
        self.lengths = np.array([lengths[i % len(lengths)] for i in range(n_records)], dtype=np.int64)
        self.record_ids = [f"record{i:04d}" for i in range(n_records)]
        self.manifest = pa.table({"record_id": self.record_ids})
        self.labels = generator.integers(0, 2, (n_records, 2)).astype(np.float32)
        signals = [
            self._signal(generator, length, label) for length, label in zip(self.lengths, self.labels, strict=True)
        ]
        self._scale = np.stack([np.abs(s).max(1) / 32767 for s in signals]).astype(np.float32)
        self._blocks = [np.rint(s / c[:, None]).astype(np.int16) for s, c in zip(signals, self._scale, strict=True)]
        self.folder = "memory"

    def _signal(self, generator, length: int, label) -> np.ndarray:
        signal = 0.1 * generator.standard_normal((len(self.leads), length))
        signal[0] += (2 * label[0] - 1) * 0.3 * np.sin(np.arange(length) / 8) ** 2
        if len(self.leads) > 1:
            signal[1] *= 1 + label[1]
        return signal

    @property
    def ingest_hash(self) -> str:
        """As of a store."""
        return self.spec.ingest_hash

    def __len__(self) -> int:
        return len(self.record_ids)

    def rows(self, record_ids) -> np.ndarray:
        """Return the row of each record id."""
        return np.array([self.record_ids.index(r) for r in pa.array(record_ids).to_pylist()], dtype=np.int64)

    def read(self, rows) -> np.ndarray:
        """Return blocks of one length."""
        return np.stack([self._blocks[row] for row in rows])

    def read_each(self, rows) -> list[np.ndarray]:
        """Return blocks of any length."""
        return [self._blocks[row] for row in rows]

    def scales(self, rows) -> np.ndarray:
        """Return mV per step."""
        return self._scale[rows]

    def cohort(self, *, validation_every: int = 4) -> pa.Table:
        """Return a cohort over all records: each ``validation_every``-th is validation, the others training."""
        splits = ["validation" if i % validation_every == 0 else "train" for i in range(len(self))]
        return pa.table(
            {
                "record_id": self.record_ids,
                "patient_id": self.record_ids,
                "split": splits,
                "y.up": pa.array(self.labels[:, 0], pa.float32()),
                "y.loud": pa.array(self.labels[:, 1], pa.float32()),
            }
        )
