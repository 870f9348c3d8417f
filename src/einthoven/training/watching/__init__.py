"""What is looked at while a network is pretrained: speed, probes of the embeddings, collapse."""

from __future__ import annotations

__all__: list[str] = []
