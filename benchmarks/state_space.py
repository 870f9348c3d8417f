"""Structured state spaces: a training step beside a deep ResNet and a vision transformer, and windows of any length.

Two threads. Times are medians of turns that the contestants take; memory is the peak of a process that does nothing
else, less what it holds before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn

from einthoven.models.architectures import build
from einthoven.models.blocks.linear_recurrence import PIECE
from einthoven.models.blocks.state_space import DiagonalStateSpace
from measuring import interleaved, machine, table
from memory import peak_mb

THREADS = 2
BATCH, SAMPLES, LEADS, LABELS = 8, 2500, 12, 5
SHORT, LONG = 1000, 40_000
ALLOWED_RATIO, ALLOWED_GB = 80, 1.0
CONTESTANTS = {
    "xresnet1d, depth 101": ("xresnet1d", {"depth": 101}),
    "vit1d, 12 x 192 (MERL's tiny)": ("vit1d", {}),
    "vit1d, 12 x 768": ("vit1d", {"width": 768, "heads": 12, "mlp_width": 3072}),
    "s4, 4 x 128": ("s4", {}),
    "s4, 4 x 128, stride 2": ("s4", {"stem_stride": 2, "stem_kernel_size": 5}),
    "s4, 4 x 512 (Mehari and Strodthoff's)": ("s4", {"width": 512, "matrix": "low_rank"}),
    "s4, 4 x 512, stride 2": ("s4", {"width": 512, "matrix": "low_rank", "stem_stride": 2, "stem_kernel_size": 5}),
    "conv_cpc, 4 x 512, stride 2": ("conv_cpc", {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--peak", choices=("pieces", "fft", "training"), help="measure one in this process")
    parser.add_argument("--samples", type=int, default=LONG)
    arguments = parser.parse_args()
    if arguments.peak:
        print(peak_growth_gb(arguments.peak, arguments.samples))
        return
    torch.set_num_threads(THREADS)
    print(machine(), end="\n\n")
    print(f"{steps_text(arguments.repetitions)}\n\n{layers_text(arguments.repetitions)}\n\n{lengths_text()}")


def steps_text(repetitions: int) -> str:
    """Return what a training step takes, beside the deep ResNet's."""
    networks = {label: network(*what) for label, what in CONTESTANTS.items()}
    seconds = interleaved({label: training_step(one) for label, one in networks.items()}, repetitions=repetitions)
    reference = next(iter(seconds.values()))
    rows = [
        (
            label,
            f"{sum(p.numel() for p in one.parameters()) / 1e6:.2f}",
            f"{1000 * seconds[label] / BATCH:.0f}",
            f"{seconds[label] / reference:.2f}",
        )
        for label, one in networks.items()
    ]
    head = ("network", "million weights", "ms per ECG", "times xresnet1d")
    return f"Training step, {BATCH} ECGs of {LEADS} x {SAMPLES:,} samples:\n\n{table(head, rows)}"


def layers_text(repetitions: int) -> str:
    """Return what one state space takes in pieces and by FFT, forwards and backwards."""
    rows = []
    for width, bidirectional in ((128, True), (512, True), (512, False)):
        layer = DiagonalStateSpace(width, state_size=8, bidirectional=bidirectional)
        signal = torch.randn(BATCH, SAMPLES, width, requires_grad=True)
        ways = {"pieces": lambda one=layer, x=signal: one(x), "fft": lambda one=layer, x=signal: by_fft(one, x)}
        with torch.inference_mode():
            expected = ways["fft"]()
            error = float((ways["pieces"]() - expected).abs().max() / expected.abs().max())
        seconds = interleaved({name: backwards(way) for name, way in ways.items()}, repetitions=repetitions)
        rows.append(
            (
                f"{width} channels, {'past and future' if bidirectional else 'past'}",
                *(f"{1000 * seconds[name]:.0f}" for name in ways),
                f"{seconds['fft'] / seconds['pieces']:.1f}",
                f"{error:.0e}",
            )
        )
    head = ("one layer", f"pieces of {PIECE}, ms", "FFT, ms", "FFT / pieces", "largest difference")
    return f"The same convolution, forwards and backwards, {BATCH} ECGs of {SAMPLES:,} samples:\n\n{table(head, rows)}"


def lengths_text() -> str:
    """Return time and memory of long windows."""
    one = network("s4", {}).eval()
    signals = {n: torch.randn(1, LEADS, n) for n in (SHORT, 2 * SHORT, 10 * SHORT, LONG)}

    def run(signal: Tensor) -> Callable[[], object]:
        def scored() -> object:
            with torch.inference_mode():
                return one(signal)

        return scored

    seconds = interleaved({str(n): run(signal) for n, signal in signals.items()}, repetitions=9)
    rows = [
        (f"{n:,}", f"{1000 * seconds[str(n)]:.0f}", f"{seconds[str(n)] / seconds[str(SHORT)]:.1f}") for n in signals
    ]
    ratio = seconds[str(LONG)] / seconds[str(SHORT)]
    verdict = "within" if ratio <= ALLOWED_RATIO else "BEYOND"
    peaks = {kind: measured_peak(kind) for kind in ("pieces", "fft", "training")}
    return (
        f"s4 of 4 x 128 on one ECG:\n\n{table(('samples', 'ms', f'times {SHORT:,} samples'), rows)}\n\n"
        f"{LONG:,} samples take {ratio:.0f} times as long as {SHORT:,}, {verdict} the {ALLOWED_RATIO} allowed.\n\n"
        f"Peak memory of one state space of 128 channels at {LONG:,} samples: {peaks['pieces']:.2f} GB in pieces, "
        f"{'within' if peaks['pieces'] < ALLOWED_GB else 'BEYOND'} the {ALLOWED_GB:.0f} GB allowed, {peaks['fft']:.2f} "
        f"GB with the whole kernel and an FFT; of a training step of s4 on one ECG of that length "
        f"{peaks['training']:.2f} GB."
    )


def network(name: str, settings: dict) -> nn.Module:
    torch.manual_seed(0)
    return build(name, n_leads=LEADS, n_labels=LABELS, **settings).train()


def training_step(one: nn.Module) -> Callable[[], object]:
    signal = torch.randn(BATCH, LEADS, SAMPLES)
    truth = (torch.rand(BATCH, LABELS) < 0.5).float()

    def step() -> None:
        one.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(one(signal), truth).backward()

    return step


def backwards(way: Callable[[], Tensor]) -> Callable[[], object]:
    return lambda: way().square().mean().backward()


def by_fft(layer: DiagonalStateSpace, signal: Tensor) -> Tensor:
    """Return the layer's output by a real FFT over twice the window, as Gu et al. compute it."""
    length = signal.shape[1]
    kernel = layer.kernel(length).to(signal.dtype)
    whole = nn.functional.pad(kernel[0], (0, length))
    if len(kernel) > 1:
        whole = whole + nn.functional.pad(kernel[1].flip(-1), (length, 0))
    spectrum = torch.fft.rfft(signal.transpose(1, 2), n=2 * length) * torch.fft.rfft(whole)
    return torch.fft.irfft(spectrum, n=2 * length)[..., :length].transpose(1, 2) + layer.skip * signal


def measured_peak(kind: str) -> float:
    command = [sys.executable, __file__, "--peak", kind, "--samples", str(LONG)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_growth_gb(kind: str, samples: int) -> float:
    """Return by how much this process's peak grows while it computes."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    layer = DiagonalStateSpace(128, state_size=8, bidirectional=True)
    one, short = network("s4", {}), torch.randn(1, LEADS, 64)
    one(short).sum().backward()  # libraries are loaded
    layer(torch.randn(1, 200, 128))
    signal = torch.randn(1, samples, 128)
    ecg = torch.randn(1, LEADS, samples)
    before = peak_mb("self")
    if kind == "training":
        one(ecg).sum().backward()
    else:
        with torch.inference_mode():
            layer(signal) if kind == "pieces" else by_fft(layer, signal)
    return (peak_mb("self") - before) / 1024


if __name__ == "__main__":
    main()
