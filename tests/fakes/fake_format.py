"""What a script of fake files gives to the tests that run over all formats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation

# writes (lead, sample) millivolts, whole microvolts at 500 Hz, as ``rec.<suffix>`` and returns where they lie
Fake = Callable[[Path, np.ndarray, Sequence[str]], RecordLocation]
