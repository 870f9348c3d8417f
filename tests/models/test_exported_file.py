"""A traced module is written and read back; what is missing for that is named."""

from __future__ import annotations

import sys

import pytest
import torch
from torch import nn

from einthoven.errors import CheckpointError
from einthoven.models.exported_file import METADATA_FILE, onnx_session, trace, write_program


class _InVain(nn.Module):
    """Computes a part that nobody uses where autocast is off, as the unbinding of one of two parts does."""

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", enabled=False):
            _, second = signal.unbind(-1)
            signal.unbind(-1)
            return second + 1


def test_what_is_computed_in_vain_does_not_spoil_the_file(tmp_path):
    signal = torch.randn(3, 2)
    traced = trace(_InVain(), {"signal": signal}, outputs=["second"])
    run = write_program(traced, tmp_path / "program.pt2", metadata="{}")
    assert torch.equal(run({"signal": signal}), signal[:, 1] + 1)
    assert run({"signal": signal[:1]}).shape == (1,)
    held = {METADATA_FILE: ""}
    torch.export.load(tmp_path / "program.pt2", extra_files=held)
    assert held == {METADATA_FILE: "{}"}


def test_a_missing_package_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(CheckpointError, match=r"onnxruntime isn't installed: pip install 'einthoven\[export\]'"):
        onnx_session(tmp_path / "network.onnx")
