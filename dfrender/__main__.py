"""``python -m dfrender``."""

from dfrender.cli import main

main(prog_name="dfrender")
