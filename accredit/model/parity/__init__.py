"""Two runs of one suite side by side: does the second do, technically and commercially, what the first did? Pure."""
