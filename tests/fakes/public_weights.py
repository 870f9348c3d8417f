"""Files of weights with the published names, shapes and containers of a model, and numbers from a seed."""

from __future__ import annotations

from pathlib import Path

import h5py
import torch
from safetensors.torch import save_file

from einthoven.models.public.public_model import PublicModel

__all__ = ["STATE_DICTS", "published_shapes", "seeded_weights", "write_weights"]

STATE_DICTS = Path(__file__).parents[1] / "models/public/state_dicts"


def published_shapes(name: str) -> dict[str, tuple[int, ...]]:
    """Return name and shape of each tensor that the authors' file holds."""
    lines = (STATE_DICTS / f"{name}.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith(("#", "key\t"))]
    return {row[0]: tuple(int(size) for size in row[1].strip("()[] ").replace(",", " ").split()) for row in rows}


def seeded_weights(name: str) -> dict[str, torch.Tensor]:
    """Return small random tensors; variances and gains are positive, states decay, counters whole numbers."""
    numbers = 0.05 * torch.randn(1_000_003, generator=torch.Generator().manual_seed(11))
    weights = {}
    for index, (key, shape) in enumerate(published_shapes(name).items()):
        size = torch.Size(shape).numel()
        tensor = numbers.roll(-97 * index).repeat(size // len(numbers) + 1)[:size].reshape(shape).clone()
        if key.endswith(("running_var", "moving_variance:0", "original0", "weight_g")):
            tensor = tensor.abs() + 0.5
        if key.endswith("kernel.kernel.w"):  # of S4: real parts are rates of decay
            tensor[..., 0] = -0.5
        weights[key] = torch.tensor(7) if key.endswith("num_batches_tracked") else tensor
    return weights


def write_weights(model: PublicModel, weights: dict[str, torch.Tensor], folder: Path) -> Path:
    """Write weights as the model's authors do, with what else their training leaves in a file."""
    if model.file_kind == "safetensors":
        save_file(weights, folder / "model.safetensors")
        return folder / "model.safetensors"
    if model.file_kind == "keras":
        with h5py.File(folder / "model.hdf5", "w") as file:
            for key, tensor in weights.items():
                file[f"model_weights/{key}"] = tensor.numpy()
            file["optimizer_weights/Adam/iterations:0"] = 3
        return folder / "model.hdf5"
    content: dict = weights
    for key in reversed(model.container):
        content = {"epoch": 9, key: content, "optimizer": {"state": {}, "param_groups": [{"lr": 1e-4}]}}
    torch.save(content, folder / "weights.pth")
    return folder / "weights.pth"
