"""What every part of the simulator goes by, and the form of its ids."""

import uuid

from accredit import Rules


class World(Rules):
    """One Points."""

    def new_id(self, kind: str) -> str:
        """A UUID, or `txn-8f31c2…` where ids are free of form."""
        drawn = uuid.UUID(int=self.random.getrandbits(128), version=4)
        return str(drawn) if self.setting("ids.format") == "uuid" else f"{kind}-{drawn.hex[:12]}"
