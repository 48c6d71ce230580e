"""Certification evidence and contract tests for integrations with loyalty programmes.

The names below are for steps and simulators. They are looked up when first used, so that `accredit --help` waits for none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "accredit.model": ("jwt", "signatures"),
    "accredit.model.errors": ("CannotJudge", "ConnectionBroken", "EdgeDenied", "NotApplicable", "Unmet", "Unreachable"),
    "accredit.model.exchange": ("Exchange",),
    "accredit.model.keys": ("RsaKey",),
    "accredit.model.signatures": ("Signer",),
    "accredit.model.simulation": ("Answer", "Call", "Canaries", "Cut", "Delivery", "Rules", "Setup", "Simulation"),
    "accredit.suite.expect": ("expect", "expect_equal"),
    "accredit.suite.live": ("Control",),
    "accredit.suite.partner": ("Partner", "Polling"),
    "accredit.wire.api": ("Api",),
    "accredit.wire.callbacks": ("Callbacks", "Delivered", "Expected"),
    "accredit.wire.clock": ("Clock",),
    "accredit.wire.outbox": ("Outbox",),
    "accredit.wire.reply": ("Reply",),
    "accredit.wire.tokens": ("Tokens",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from accredit.model import jwt as jwt
    from accredit.model import signatures as signatures
    from accredit.model.errors import CannotJudge as CannotJudge
    from accredit.model.errors import ConnectionBroken as ConnectionBroken
    from accredit.model.errors import EdgeDenied as EdgeDenied
    from accredit.model.errors import NotApplicable as NotApplicable
    from accredit.model.errors import Unmet as Unmet
    from accredit.model.errors import Unreachable as Unreachable
    from accredit.model.exchange import Exchange as Exchange
    from accredit.model.keys import RsaKey as RsaKey
    from accredit.model.signatures import Signer as Signer
    from accredit.model.simulation import Answer as Answer
    from accredit.model.simulation import Call as Call
    from accredit.model.simulation import Canaries as Canaries
    from accredit.model.simulation import Cut as Cut
    from accredit.model.simulation import Delivery as Delivery
    from accredit.model.simulation import Rules as Rules
    from accredit.model.simulation import Setup as Setup
    from accredit.model.simulation import Simulation as Simulation
    from accredit.suite.expect import expect as expect
    from accredit.suite.expect import expect_equal as expect_equal
    from accredit.suite.live import Control as Control
    from accredit.suite.partner import Partner as Partner
    from accredit.suite.partner import Polling as Polling
    from accredit.wire.api import Api as Api
    from accredit.wire.callbacks import Callbacks as Callbacks
    from accredit.wire.callbacks import Delivered as Delivered
    from accredit.wire.callbacks import Expected as Expected
    from accredit.wire.clock import Clock as Clock
    from accredit.wire.outbox import Outbox as Outbox
    from accredit.wire.reply import Reply as Reply
    from accredit.wire.tokens import Tokens as Tokens

__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'accredit' has no attribute {name!r}")
    home = _HOME_OF[name]
    return import_module(f"{home}.{name}") if home == "accredit.model" else getattr(import_module(home), name)
