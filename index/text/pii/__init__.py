"""Personal data in text: where it stands, what kind it is, and the text without it.

Everything is told by form, check digits and the words around; nothing leaves the machine and no weights are needed.
"""

from index.text.pii.finder import find_personal, placeholder, without_personal
from index.text.pii.span import PersonalSpan, PersonalType, is_of_order

__all__ = ["PersonalSpan", "PersonalType", "find_personal", "is_of_order", "placeholder", "without_personal"]
