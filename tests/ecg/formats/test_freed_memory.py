from __future__ import annotations

import resource
import subprocess
import sys

import pytest

READ_OFTEN = """
import resource, sys
from einthoven.ecg.formats import read
from einthoven.ecg.formats.freed_memory import keep_freed_memory
if sys.argv[2] == "without":
    from einthoven.ecg.formats import reading
    reading.keep_freed_memory = lambda: None
for _ in range(3):
    read(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    read(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.real_data
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the allocator of glibc")
def test_reading_again_and_again_takes_no_new_pages(real_data):
    path = str(real_data / "ptb_xl/records500/00000/00001_hr.hea")
    faults = {}
    for word in ("with", "without"):
        done = subprocess.run(
            [sys.executable, "-c", READ_OFTEN, path, word], capture_output=True, text=True, check=True
        )
        faults[word] = int(done.stdout) * resource.getpagesize() / 100
    assert faults["with"] < 20_000, "bytes fetched anew per record"
    assert faults["with"] < faults["without"]
