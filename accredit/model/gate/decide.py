"""Puts a gate's rows together. Unknown never becomes yes, and where nothing was shown nothing is known."""

from accredit.model.gate.bundles import bundle_rows
from accredit.model.gate.others import fault_rows, parity_rows, waiver_rows
from accredit.model.gate.requirements import requirement_rows
from accredit.model.gate.rows import Decision
from accredit.model.gate.signing import signing
from accredit.model.gate.table import Table


def decide(table: Table) -> Decision:
    """What the gate says of what lies on the table."""
    signed, signatures = signing(table)
    rows = (*fault_rows(table), *bundle_rows(table), *parity_rows(table), *waiver_rows(table), *signed, *requirement_rows(table))  # fmt: skip
    return Decision(rows, signatures)
