"""What can be wrong with a trained classifier of messages.

index.errors.ModelError
├── ClassifierMissing       there is none in that folder
├── ClassifierDamaged       its files are not what was written
└── ClassifierForeign       it was trained on the vectors of another embedder
index.errors.InputError
└── ExamplesInvalid         a file of labelled messages that nothing can be learnt from
"""

from __future__ import annotations

from index.errors import InputError, ModelError


class ClassifierMissing(ModelError):
    """There is no trained classifier in the folder."""

    code = "classifier_missing"


class ClassifierDamaged(ModelError):
    """The files of a trained classifier are not what was written."""

    code = "classifier_damaged"


class ClassifierForeign(ModelError):
    """A classifier was trained on the vectors of another embedder than the one in use."""

    code = "classifier_foreign"


class ExamplesInvalid(InputError):
    """Nothing can be learnt from a file of labelled messages."""

    code = "examples_invalid"
