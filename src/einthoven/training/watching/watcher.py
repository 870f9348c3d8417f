"""Watch a pretraining: lines of the history, looks at the embeddings, alarms, and sentences for whoever waits."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import lightning.pytorch as lightning
from typing_extensions import override

from einthoven.progress import ProgressCallback
from einthoven.training.energy import EnergyMeter, energy_from
from einthoven.training.step_report import StepReport
from einthoven.training.watching.alarms import Alarms
from einthoven.training.watching.looks import Looks
from einthoven.training.watching.probe import Probe, Probed
from einthoven.training.watching.progress_sentence import progress_sentence
from einthoven.training.watching.running_clock import RunningClock
from einthoven.training.watching.spoken import Spoken
from einthoven.training.watching.step_cost import StepCost
from einthoven.training.watching.step_means import StepMeans
from einthoven.training.watching.used_memory import used_memory_gb
from einthoven.training.watching.watch_files import WatchFiles
from einthoven.training.watching.watch_plan import WatchPlan
from einthoven.training.watching.watch_summary import summary_of, write_summary

__all__ = ["Watcher"]

_SPOKEN_EVERY_S = 60.0


class Watcher(lightning.Callback):
    """Everything that is told of a run while it goes on, by the first process alone.

    After a kill, files are as those of an unbroken run but for times. What watching itself takes is left out of the
    speed.

    Parameters
    ----------
    plan : WatchPlan
    files : WatchFiles
    probe : Probe, optional
        None where there is nothing to look at.
    progress : ProgressCallback
    spoken : Spoken
    energy : EnergyMeter
    note : str
        What is said of the looks at the beginning.
    """

    state_key = "watcher"

    def __init__(
        self,
        plan: WatchPlan,
        files: WatchFiles,
        *,
        probe: Probe | None,
        progress: ProgressCallback,
        spoken: Spoken,
        energy: EnergyMeter,
        note: str = "",
    ) -> None:
        self._plan = plan
        self._files = files
        self._looks = Looks(probe)
        self._progress = progress
        self._spoken = spoken
        self._energy = energy
        self._note = note
        self._alarms = Alarms(total_steps=plan.total_steps)
        self._clock = RunningClock()
        self._cost = StepCost()
        self._means = StepMeans()
        self._step = self._samples = 0
        self._line_began_s = 0.0
        self._spoke_at = float("-inf")
        self._restored: dict[str, Any] | None = None

    @override
    def setup(self, trainer: lightning.Trainer, module: lightning.LightningModule, stage: str) -> None:
        """Count weights, before they are shared among processes."""
        self._cost.count_weights(module)

    @override
    def state_dict(self) -> dict[str, Any]:
        """Return what a later process goes on from; all lines up to here are then on the disk."""
        self._files.sync()
        return {
            "step": self._step,
            "samples": self._samples,
            "looks": self._looks.state_dict(),
            "means": self._means.state_dict(),
            "alarms": self._alarms.state_dict(),
            "flops_per_sample": self._cost.flops_per_sample,
            "running_s": self._clock.running_s,
            "line_began_s": self._line_began_s,
            "energy": dataclasses.asdict(self._energy.energy),
            "trackers": self._files.tracker_states,
        }

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what ``state_dict`` returned."""
        self._restored = state_dict
        self._step, self._samples = state_dict["step"], state_dict["samples"]
        self._line_began_s = state_dict["line_began_s"]
        self._looks.load_state_dict(state_dict["looks"])
        self._means.load_state_dict(state_dict["means"])
        self._alarms.load_state_dict(state_dict["alarms"])
        self._cost.flops_per_sample = state_dict["flops_per_sample"]

    @override
    def on_train_start(self, trainer: lightning.Trainer, module: Any) -> None:
        """Measure the machine, cut files back to the saved step, and look at the untrained encoder."""
        self._cost.measure_rate(trainer, module)
        before = self._restored
        if trainer.is_global_zero:
            if before is None:
                self._files.begin(after=None, states=[])
                self._energy.start()
            else:
                self._files.begin(after=self._step, states=before["trackers"])
                self._energy.start(energy_from(before["energy"]))
                self._spoken.say(f"going on after step {self._step:,} of {self._plan.total_steps:,}, which was saved")
            if self._note:
                self._spoken.say(self._note)
        self._clock.start(running_s=0.0 if before is None else before["running_s"])
        if before is None:
            self._look(trainer, module)

    @override
    def on_train_batch_start(self, trainer: lightning.Trainer, module: Any, batch: Any, batch_idx: int) -> None:
        """Count operations, once in a run."""
        before: StepReport | None = module.report
        self._cost.before_step(self._step + 1, 0 if before is None else before.micro_batch_size)

    @override
    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Take what the step tells; write, look and speak when it is time."""
        report: StepReport | None = module.report
        self._cost.after_step(report, world_size=trainer.world_size)
        if report is None or report.step == self._step:
            return
        self._step = report.step
        self._samples += report.samples
        self._means.add(report)
        found = self._look(trainer, module) if self._plan.looks(self._step) else None
        if self._plan.logs(self._step):
            self._write_line(trainer, report)
        if trainer.is_global_zero:
            self._progress(self._step, self._plan.total_steps)
            at_end = self._step == self._plan.total_steps
            self._speak(report, found, at_end=at_end)
            with self._clock.paused():
                if found is not None or at_end:
                    self._files.draw(at_end=at_end)
                if at_end:
                    self._summarise()

    @override
    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Close what is open."""
        self._end(trainer, finished=self._step >= self._plan.total_steps)

    @override
    def on_exception(self, trainer: lightning.Trainer, module: lightning.LightningModule, error: BaseException) -> None:
        """Close what is open."""
        self._cost.stop()
        self._end(trainer, finished=False)

    def _look(self, trainer: lightning.Trainer, module: Any) -> Probed | None:
        """Look at the embeddings of the encoder that is kept, outside of training's clock."""
        if not self._looks.possible or not (trainer.is_global_zero or self._plan.on_every_process):
            return None
        with self._clock.paused():
            found = self._looks.look(module.kept_encoder)
            if not trainer.is_global_zero:
                return None
            for sentence in self._alarms.see_spread(self._step, found.spread, width=found.width):
                self._spoken.warn(sentence)
            advice = self._looks.cost_sentence(self._clock.running_s)
            if advice:
                self._spoken.say(advice)
            self._files.write_probe(found.line(self._step, alarms=self._alarms.active))
        return found

    def _write_line(self, trainer: lightning.Trainer, report: StepReport) -> None:
        """Write what the steps since the last line told."""
        running_s, line = self._clock.running_s, self._means.line(report)
        rate = self._means.samples / max(running_s - self._line_began_s, 1e-9)
        self._line_began_s, self._means = running_s, StepMeans()
        if not trainer.is_global_zero:
            return
        for sentence in self._alarms.see_gradient(report.step, line["gradient_norm"]):
            self._spoken.warn(sentence)
        self._files.write_line(
            {
                **line,
                "samples": self._samples,
                "alarms": " ".join(self._alarms.active),
                "samples_per_s": rate,
                "tflop_per_s": self._cost.tflop_per_s(rate),
                "utilisation": self._cost.utilisation(rate),
                "memory_gb": used_memory_gb(),
                "seconds": running_s,
                "time_left_s": self._left_s(),
            }
        )

    def _left_s(self) -> float:
        """Return the time that steps and looks still take, as they took so far."""
        done, left = max(self._step, 1), self._plan.total_steps - self._step
        return self._clock.running_s / done * left + self._looks.mean_s * self._plan.looks_left(self._step)

    def _speak(self, report: StepReport, found: Probed | None, *, at_end: bool) -> None:
        """Say how things are, once a minute and at the end."""
        now = time.monotonic()
        if not at_end and now - self._spoke_at < _SPOKEN_EVERY_S:
            return
        self._spoke_at = now
        rate = self._samples / max(self._clock.running_s, 1e-9)
        self._spoken.say(
            progress_sentence(
                report,
                found,
                total_steps=self._plan.total_steps,
                samples_per_s=rate,
                utilisation=self._cost.utilisation(rate),
                left_s=0.0 if at_end else self._left_s(),
            )
        )

    def _summarise(self) -> None:
        history, probes = self._files.history, self._files.probes
        write_summary(
            self._files.folder,
            summary_of(
                history,
                probes,
                alarms=self._alarms.raised,
                steps=self._step,
                samples=self._samples,
                running_s=self._clock.running_s,
                looks_s=self._looks.seconds,
                cost=self._cost,
                energy=self._energy.energy,
            ),
        )

    def _end(self, trainer: lightning.Trainer, *, finished: bool) -> None:
        if trainer.is_global_zero:
            self._energy.stop()
            self._files.end(finished=finished)
