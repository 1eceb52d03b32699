"""Why no training data comes out."""

from __future__ import annotations

from index.errors import InputError


class NothingToLearn(InputError):
    """There is no record that training could use."""

    code = "nothing_to_learn"


class ExportFolderTaken(InputError):
    """The folder holds something that is no export of training data."""

    code = "export_folder_taken"
