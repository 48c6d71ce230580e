"""Journal, seal, verify, render: what a run leaves behind, and how anybody can check it. Knows nothing of the network."""
