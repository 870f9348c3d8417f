"""Clinical statistics on a table of scores; knows neither ECG nor cohort, and runs without torch."""

from __future__ import annotations
