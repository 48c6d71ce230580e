"""`python -m accredit`."""

from accredit.cli import main

main(prog_name="accredit")
