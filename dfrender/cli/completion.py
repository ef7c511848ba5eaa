"""``dfrender completion``: the script with which a shell completes the command line."""

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from dfrender.cli.printing import echo_document

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


def run(shell: str) -> None:
    """Print the script for a shell."""
    main = click.get_current_context().find_root().command
    echo_document(_SHELLS[shell](main, {}, "dfrender", "_DFRENDER_COMPLETE").source() + "\n")
