"""``cpc`` and ``wav2vec2_cmsc`` on two processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from fakes import latent_objective_steps
from fakes.latent_objective_steps import steps


@pytest.mark.slow
def test_two_processes_learn_what_one_does_with_the_whole_batch(tmp_path):
    """Negatives of other windows, segments of other patients and entries in use are those of the whole batch."""
    script = latent_objective_steps.__file__
    environment = {**os.environ, "PYTHONPATH": str(Path(script).parent.parent), "OMP_NUM_THREADS": "1"}
    children = [
        subprocess.Popen([sys.executable, script, tmp_path, str(rank), "2"], env=environment) for rank in range(2)
    ]
    assert [child.wait(timeout=240) for child in children] == [0, 0]
    for ours, rank0, rank1 in zip(
        steps(0, 1), *(torch.load(tmp_path / f"{rank}.pt") for rank in range(2)), strict=True
    ):
        torch.testing.assert_close(rank0["loss"], ours["loss"], rtol=1e-5, atol=1e-5)
        for one, first, second in zip(ours["weights"], rank0["weights"], rank1["weights"], strict=True):
            torch.testing.assert_close(first, one, rtol=1e-4, atol=1e-5)
            assert torch.equal(first, second)
