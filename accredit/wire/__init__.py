"""All that touches the network. Hands each exchange, already masked, to a sink; knows nothing of what evidence is."""
