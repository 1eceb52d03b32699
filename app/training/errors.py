"""Why a model cannot be trained."""

from __future__ import annotations

from index.errors import InputError


class TrainingError(InputError):
    """What was given to learn from, or how, cannot be used."""

    code = "training"


class TrainingDataTooFew(TrainingError):
    """There is too little to learn from yet."""

    code = "training_data_too_few"


class TrainingDataInvalid(TrainingError):
    """A file of examples, or of parameters, has a line that cannot be read."""

    code = "training_data_invalid"


class TrainingUnsuited(TrainingError):
    """A model cannot be trained with what is in use here."""

    code = "training_unsuited"


class TrainingMemoryShort(TrainingError):
    """The estimate does not fit into what is free."""

    code = "training_memory_short"


class TrainingFolderTaken(TrainingError):
    """The folder holds another run."""

    code = "training_folder_taken"
