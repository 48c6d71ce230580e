"""What every part of the simulator goes by: the clock it is handed, the settings, its defects, and chance."""

from datetime import datetime
from typing import Any

from accredit import Setup

from .defects import DEFECTS


class Rules:
    """One simulator's clock, settings, defects and chance."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.random = setup.random

    def now(self) -> datetime:
        """Aware, UTC. Never the machine's clock."""
        return self._setup.now()

    def setting(self, name: str) -> Any:
        """What stands in `provider.toml` under that dotted name, or what the partner chose instead."""
        return self._setup.settings[name]

    def wrong(self, defect: str) -> bool:
        """True when that defect is switched on. A name that the catalogue lacks is our slip, and raises KeyError."""
        return bool(DEFECTS[defect]) and defect in self._setup.defects
