"""From the artefacts of a run to a document that can be sent to a colleague; reads artefacts only."""

from __future__ import annotations
