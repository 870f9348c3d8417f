from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

READ_OFTEN = """
import resource, sys
from einthoven.ecg.formats import read
for _ in range(3):
    read(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    read(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

# glibc's first thresholds, held: whatever else a process takes and frees can't raise them any more
AS_GLIBC_STARTS = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@pytest.mark.real_data
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the allocator of glibc")
def test_reading_again_and_again_takes_no_new_pages(real_data):
    path = str(real_data / "ptb_xl/records500/00000/00001_hr.hea")
    faults = {}
    for word, settings in (("with", {}), ("without", AS_GLIBC_STARTS)):
        done = subprocess.run(
            [sys.executable, "-c", READ_OFTEN, path],
            env=os.environ | settings, capture_output=True, text=True, check=True,
        )  # fmt: skip
        faults[word] = int(done.stdout) * resource.getpagesize() / 100
    assert faults["with"] < 20_000, "bytes fetched anew per record"
    assert faults["with"] < faults["without"]
