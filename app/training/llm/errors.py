"""Errors of tuning a language model.

TuningError (an InputError)
├── TuningConfigInvalid    a configuration that cannot be used
├── TuningDataInvalid      records that cannot be read, or teach nothing
├── TuningPartMissing      the packages of the extra `train` are not installed
├── TuningMemoryShort      the estimate does not fit into what is free
├── TuningFolderTaken      the folder holds another run
└── AdapterUnusable        an adapter that is damaged, or of another model
"""

from __future__ import annotations

from index.errors import InputError


class TuningError(InputError):
    """A language model cannot be tuned as asked."""

    code = "tuning"


class TuningConfigInvalid(TuningError):
    """A configuration that cannot be used."""

    code = "tuning_config_invalid"


class TuningDataInvalid(TuningError):
    """Records that cannot be read, or teach nothing."""

    code = "tuning_data_invalid"


class TuningPartMissing(TuningError):
    """The packages of the extra `train` are not installed."""

    code = "tuning_part_missing"


class TuningMemoryShort(TuningError):
    """The estimate does not fit into what is free."""

    code = "tuning_memory_short"


class TuningFolderTaken(TuningError):
    """The folder holds a run with other settings, data or weights."""

    code = "tuning_folder_taken"


class AdapterUnusable(TuningError):
    """An adapter that is damaged, or of another model."""

    code = "adapter_unusable"
