"""What an exported network says of itself, for whoever runs it without einthoven."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import einthoven
from einthoven.models.checkpoint import Checkpoint

__all__ = ["export_metadata"]

TYPE = "einthoven.export"
VERSION = 1


def export_metadata(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return, as JSON values, what the numbers of an exported checkpoint mean and what it must be fed.

    Parameters
    ----------
    checkpoint : Checkpoint

    Returns
    -------
    dict
        ``labels`` name the scores in order; ``input`` is the ``InputSpec``; ``covariates`` are in the order of the
        second input, unnamed ones as ``covariate 0``...
    """
    head = checkpoint.head
    covariates = head.covariates or tuple(f"covariate {index}" for index in range(head.n_covariates))
    return {
        "type": TYPE,
        "version": VERSION,
        "einthoven": einthoven.__version__,
        "architecture": checkpoint.architecture,
        "task": checkpoint.task,
        "labels": list(checkpoint.labels),
        "covariates": list(covariates) if checkpoint.labels else [],
        "input": json.loads(checkpoint.spec.to_json()),
        "pretrained_on": list(checkpoint.pretrained_on),
        "simulated": list(checkpoint.simulated),
        "public": checkpoint.public,
        "seen_in_pretraining": [dataclasses.asdict(one) for one in checkpoint.seen_in_pretraining],
        "licence": checkpoint.licence,
    }
