"""What a waiting human is told of a pretraining."""

from __future__ import annotations

from einthoven.training.step_report import StepReport
from einthoven.training.watching.probe import Probed
from einthoven.training.watching.progress_sentence import progress_sentence
from einthoven.training.watching.spread import Spread

REPORT = StepReport(
    step=1200, epoch=2, terms={"loss": 0.51234}, gradient_norm=1.0, learning_rate=0.1, samples=64, micro_batch_size=64
)


def test_loss_speed_and_time_left_are_told():
    sentence = progress_sentence(REPORT, None, total_steps=5000, samples_per_s=812.3, utilisation=0.34, left_s=7200.0)
    assert sentence == ("step 1,200 of 5,000: loss 0.5123; 812 windows/s (34% of the matrix rate); about 2.0 h left")


def test_what_a_look_found_is_told():
    found = Probed(0.8123, 0.7, labels=5, records=100, width=64, spread=Spread(9.0, 0.5, 0.0), seconds=1.0)
    sentence = progress_sentence(REPORT, found, total_steps=1200, samples_per_s=10.0, utilisation=None, left_s=0.0)
    assert "linear probe 0.812, of neighbours 0.700; 10 windows/s; done" in sentence
