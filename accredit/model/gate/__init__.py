"""May it go through? Everything a provider asks for at one point of the way, and what answers it. Pure."""
