"""Errors of tuning a language model.

TuningError (an InputError)
├── TuningConfigInvalid    a configuration that cannot be used
├── TuningDataInvalid      records that cannot be read, or teach nothing
├── TuningPartMissing      the packages of the extra `train` or `scale` are not installed
├── TuningMemoryShort      the estimate does not fit into what is free
├── TuningFolderTaken      the folder holds another run
├── TuningWorkersShort     the cluster has fewer cores or graphics cards than workers need
└── AdapterUnusable        an adapter that is damaged, or of another model

TuningClusterFailed (a KefuError)   the cluster cannot be reached, or lost the run
"""

from __future__ import annotations

from index.errors import InputError, KefuError


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
    """The packages of the extra `train` or `scale` are not installed."""

    code = "tuning_part_missing"


class TuningMemoryShort(TuningError):
    """The estimate does not fit into what is free."""

    code = "tuning_memory_short"


class TuningFolderTaken(TuningError):
    """The folder holds a run with other settings, data or weights."""

    code = "tuning_folder_taken"


class TuningWorkersShort(TuningError):
    """The cluster has fewer cores or graphics cards than the workers need."""

    code = "tuning_workers_short"


class AdapterUnusable(TuningError):
    """An adapter that is damaged, or of another model."""

    code = "adapter_unusable"


class TuningClusterFailed(KefuError):
    """The cluster cannot be reached, or lost the run; what was learnt so far is kept."""

    code = "tuning_cluster_failed"
