"""Which trained model of each kind serves, on trial or for all, and the way back."""

from app.served.models import Choice, ServedModels, ServingState
from app.served.reloading import Reloading
from app.served.watch import CanaryWatch

__all__ = ["CanaryWatch", "Choice", "Reloading", "ServedModels", "ServingState"]
