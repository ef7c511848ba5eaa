"""``dfrender completion``: the script with which a shell completes the command line."""

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from dfrender.cli.streams import echo

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command("completion")
@click.argument("shell", type=click.Choice([*_SHELLS]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what lets a shell complete dfrender.

    For bash, write eval "$(dfrender completion bash)" in ~/.bashrc.

    For zsh, write eval "$(dfrender completion zsh)" in ~/.zshrc.

    For fish, run dfrender completion fish > ~/.config/fish/completions/dfrender.fish once.
    """
    echo(_SHELLS[shell](context.find_root().command, {}, "dfrender", "_DFRENDER_COMPLETE").source() + "\n")
