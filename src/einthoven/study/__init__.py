"""A study file becomes a run folder: schema, order of stages, resume."""

from __future__ import annotations
