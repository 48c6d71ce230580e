"""What things are: frozen records and pure functions. Nothing here reads a clock, a file, a variable or a socket."""
