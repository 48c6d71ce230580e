"""Every way the simulator can be wrong on purpose: those of Issuance, and those of Collector Service and identity."""

from collections.abc import Mapping

from . import collector_defects, issuance_defects

DEFECTS: Mapping[str, str] = {**issuance_defects.DEFECTS, **collector_defects.DEFECTS}
