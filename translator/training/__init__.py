"""Training: loss, schedule, optimizer, the loop, and what it tells the world."""

from translator.training.callbacks import Callback
from translator.training.settings import Settings
from translator.training.trainer import Trainer

__all__ = ["Callback", "Settings", "Trainer"]
