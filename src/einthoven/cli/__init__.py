"""The command line: a verb parses, calls one function and prints."""

from __future__ import annotations
