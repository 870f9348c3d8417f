"""How Lightning is set up."""

from __future__ import annotations

import logging

import pytest

from einthoven.training.engine import EngineSettings, Processes, processes, quiet, trainer


def test_alone_there_is_one_process():
    workers = processes("cpu")
    assert workers == Processes(0, 1, "cpu")
    assert workers.is_first
    workers.wait()


@pytest.mark.parametrize(("precision", "expected"), [("auto", "32-true"), ("fp32", "32-true"), ("bf16", "bf16-mixed")])
def test_precision_is_full_on_a_cpu_unless_asked_for(tmp_path, precision, expected):
    with quiet():
        made = trainer(
            EngineSettings(1, precision=precision),
            Processes(0, 1, "cpu"),
            callbacks=[],
            folder=tmp_path,
            tensorboard=False,
        )
    assert made.precision == expected
    assert made.logger is None


def test_logging_is_as_before_after_a_quiet_block():
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    with quiet():
        assert logger.level == logging.ERROR
    assert logger.level == level
