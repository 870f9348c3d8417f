"""Parts that several architectures share; each activation module is used once per call (pitfall of DeepLIFT)."""

from __future__ import annotations

__all__: list[str] = []
