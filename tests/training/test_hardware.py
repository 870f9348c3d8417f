"""What a training ran on, in words without a name of a machine."""

from __future__ import annotations

import platform

import torch

from einthoven.training.hardware import hardware_in_words

CPU = torch.device("cpu")


def test_the_processor_and_its_threads_are_named(tmp_path):
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: Fast Chip 9000\n")
    assert hardware_in_words(CPU, cpu_info=file).startswith("Fast Chip 9000, 1 of ")


def test_a_machine_that_tells_nothing_has_its_kind(tmp_path):
    assert hardware_in_words(CPU, cpu_info=tmp_path / "none").startswith(platform.machine())


def test_the_host_is_not_named():
    assert platform.node() not in hardware_in_words(CPU)
