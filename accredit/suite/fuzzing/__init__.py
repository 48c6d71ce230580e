"""Generated requests as evidence: drawn from the contract, sent by the one client, judged, and repeatable by their ids."""
