"""Personal data in text: where it stands, what kind it is, and the text without it.

Everything is told by form, check digits and the words around; nothing leaves the machine and no weights are needed.
"""

from index.text.pii.finder import find_personal, without_personal
from index.text.pii.span import PersonalSpan, PersonalType

__all__ = ["PersonalSpan", "PersonalType", "find_personal", "without_personal"]
