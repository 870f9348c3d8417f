"""ECGs per second of each architecture on two cores: eager, compiled and by onnxruntime, one by one and in batches."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from einthoven.models.architectures import ARCHITECTURES, build, build_encoder
from einthoven.models.cost import cost
from einthoven.models.export import export_onnx
from einthoven.models.exported_file import onnx_session
from einthoven.models.network import Network
from measuring import machine, table

THREADS = 2
BATCH = 64
LEAST_CALLS = 30  # one by one, for a p99 that is more than the last call
# leads and samples that an architecture is made for, where they aren't twelve leads of 10 s at 250 Hz
WINDOWS = {
    "code_resnet": (12, 4096),
    "conv_cpc": (12, 600),
    "jepa_vit": (8, 2500),
    "merl_resnet": (12, 5000),
    "net1d": (12, 5000),
}
USUAL = (12, 2500)
Score = Callable[[torch.Tensor], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="architectures; all by default")
    parser.add_argument("--seconds", type=float, default=1.5, help="that each figure is measured for, at least")
    arguments = parser.parse_args()
    torch.set_num_threads(THREADS)
    rows = []
    for name in arguments.names or sorted(ARCHITECTURES):
        print(name, file=sys.stderr, flush=True)
        rows += measure(name, arguments.seconds)
    header = ("architecture", "million weights", "GFLOP per ECG", "window", "by")
    header += (f"ECGs per s, batch {BATCH}", "of eager", "ECGs per s, batch 1", "p50 ms", "p99 ms")
    note = (
        f"Default settings, untrained weights, fp32, {THREADS} threads; 1 multiply-add is 2 FLOP; p50 and p99 over at "
        f"least {LEAST_CALLS} calls."
    )
    print(machine(), f"{note}\n\n{table(header, rows)}", sep="\n\n")


def measure(name: str, seconds: float) -> list[tuple[str, ...]]:
    """Return a row for each way to compute an architecture's scores."""
    n_leads, n_samples = WINDOWS.get(name, USUAL)
    torch.compiler.reset()  # the compiler gives up on a function that it has seen in too many shapes
    torch.manual_seed(0)
    network = build(name, n_leads=n_leads, n_labels=5).eval()
    spent = cost(build_encoder(name, n_leads=n_leads), n_samples)
    facts = (name, f"{spent.n_parameters / 1e6:.1f}", f"{spent.flops / 1e9:.2f}", f"{n_leads} x {n_samples}")
    rows = []
    eager = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for way, score in ways(network, Path(folder), n_leads=n_leads, n_samples=n_samples).items():
            with torch.inference_mode():
                many = durations(score, torch.randn(BATCH, n_leads, n_samples), seconds, least=1)
                one = 1000 * durations(score, torch.randn(1, n_leads, n_samples), seconds, least=LEAST_CALLS)
            rate = BATCH / float(np.median(many))
            eager = eager or rate
            p50, p99 = np.percentile(one, [50, 99])
            rows.append(
                (*facts, way, f"{rate:.1f}", f"{rate / eager:.2f}", f"{1000 / p50:.1f}", f"{p50:.1f}", f"{p99:.1f}")
            )
            facts = ("", "", "", "")
    return rows


def ways(network: Network, folder: Path, *, n_leads: int, n_samples: int) -> dict[str, Score]:
    """Return what computes the scores: torch as it is, torch compiled, onnxruntime."""
    export_onnx(network, folder / "network.onnx", n_leads=n_leads, n_samples=n_samples)
    session = onnx_session(folder / "network.onnx", threads=THREADS)
    compiled = torch.compile(network, dynamic=False)
    return {
        "eager": network,
        "compiled": compiled,
        "onnxruntime": lambda signal: session.run(None, {"signal": signal.numpy()}),
    }


def durations(score: Score, signal: torch.Tensor, seconds: float, *, least: int) -> np.ndarray:
    """Return seconds of each call, after one for warming up (compilation included there)."""
    score(signal)
    taken: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < seconds or len(taken) < least:
        started = time.perf_counter()
        score(signal)
        taken.append(time.perf_counter() - started)
    return np.array(taken)


if __name__ == "__main__":
    main()
