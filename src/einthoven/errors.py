"""Errors that einthoven raises on purpose; each names the thing, what is accepted, what came and what to do.

::

    EinthovenError                    the user can mend it: the command line exits with 2
    |-- RecordError                   one file or ECG can't be used
    |   |-- UnreadableFileError       missing, truncated, of no known format
    |   |-- ChecksumError             the bytes differ from what the header promises
    |   |-- LeadError                 unknown, missing or doubled lead
    |   |-- UnitError                 amplitude unit unknown, or arbitrary where millivolts are needed
    |   |-- SignalError               NaN inside a lead, too short, no samples
    |   `-- PrivacyError              a file that would still hold an identifier of its patient
    |-- SpecificationError            an input spec, a protocol or a study file contradicts itself
    |   `-- UnknownNameError          a name that no table holds; suggests the nearest
    |-- CohortError                   tables that can't be joined, labels that don't exist
    |   |-- SplitError                a split that is empty or has no positive
    |   `-- LeakageError              a patient or signal in two splits, a label known from the metadata
    |-- StoreError                    a store that is damaged, newer, or made for another ingest
    |   `-- StoreFullError            no space left while a shard was written
    |-- CheckpointError               weights that don't fit what they claim to be
    |-- StatisticsError               a number that isn't defined on these data
    |   |-- OneClassError             no positives or no negatives
    |   |-- TooFewObservationsError
    |   `-- InvalidScoreError         a score outside its declared kind
    |-- TrainingError                 a loss that isn't finite, a task without targets
    `-- CancelledError                stopped by SIGINT or SIGTERM, saved and resumable (exit 130 or 143)
"""

from __future__ import annotations

__all__ = [
    "CancelledError",
    "CheckpointError",
    "ChecksumError",
    "CohortError",
    "EinthovenError",
    "InvalidScoreError",
    "LeadError",
    "LeakageError",
    "OneClassError",
    "PrivacyError",
    "RecordError",
    "SignalError",
    "SpecificationError",
    "SplitError",
    "StatisticsError",
    "StoreError",
    "StoreFullError",
    "TooFewObservationsError",
    "TrainingError",
    "UnitError",
    "UnknownNameError",
    "UnreadableFileError",
]


class EinthovenError(Exception):
    """Base of all errors that the user can mend."""


class RecordError(EinthovenError):
    """One file or ECG can't be used."""


class UnreadableFileError(RecordError):
    """The file is missing, truncated or of no known format."""


class ChecksumError(RecordError):
    """The samples differ from what their header promises."""


class LeadError(RecordError):
    """A lead is unknown, missing or doubled."""


class UnitError(RecordError):
    """The amplitude unit is unknown, or arbitrary where millivolts are needed."""


class SignalError(RecordError):
    """The signal has no samples, is too short, or holds NaN inside a lead."""


class PrivacyError(RecordError):
    """A file to be handed out would still hold an identifier of its patient."""


class SpecificationError(EinthovenError):
    """An input spec, a protocol or a study file contradicts itself."""


class UnknownNameError(SpecificationError):
    """A name that no table holds."""


class CohortError(EinthovenError):
    """Tables that can't be joined, or labels that don't exist."""


class SplitError(CohortError):
    """A split that is empty or lacks a class."""


class LeakageError(CohortError):
    """Something from one split, or from the future, is visible in another."""


class StoreError(EinthovenError):
    """A store that is damaged, newer than this version, or made for another ingest."""


class StoreFullError(StoreError):
    """No space was left while a shard was written; what was committed before stays valid."""


class CheckpointError(EinthovenError):
    """Weights that don't fit what they claim to be."""


class StatisticsError(EinthovenError):
    """A number that isn't defined on these data."""


class OneClassError(StatisticsError):
    """No positives or no negatives."""


class TooFewObservationsError(StatisticsError):
    """Fewer observations than the statistic is defined for."""


class InvalidScoreError(StatisticsError):
    """A score outside its declared kind."""


class TrainingError(EinthovenError):
    """Training can't start or go on."""


class CancelledError(EinthovenError):
    """Stopped by a signal after saving; running the same command again goes on from there."""

    def __init__(self, message: str, *, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number
