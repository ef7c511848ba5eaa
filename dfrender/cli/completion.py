"""``dfrender completion``: the script with which a shell completes the command line."""

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from dfrender.cli.streams import echo

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command("completion")
@click.argument("shell", type=click.Choice([*_SHELLS]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    r"""Print what lets a shell complete dfrender.

    \b
    bash: eval "$(dfrender completion bash)" in ~/.bashrc
    zsh:  eval "$(dfrender completion zsh)" in ~/.zshrc
    fish: dfrender completion fish > ~/.config/fish/completions/dfrender.fish
    """
    echo(_SHELLS[shell](context.find_root().command, {}, "dfrender", "_DFRENDER_COMPLETE").source() + "\n")
