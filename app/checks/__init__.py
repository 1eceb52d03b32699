"""What `kefu doctor` and the console look at. Every check is quick and changes nothing."""

from app.checks.examining import examine
from app.checks.finding import Finding

__all__ = ["Finding", "examine"]
