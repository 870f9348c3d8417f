"""Prepared signals on disk: ingest, shards, manifest, loading."""

from __future__ import annotations
