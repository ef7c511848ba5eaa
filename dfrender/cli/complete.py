"""What a shell offers behind an option: profiles, stages and rules. Whatever is wrong, it offers nothing.

The modules that know them are imported when a shell asks: together they take 25 ms, which other calls do not need.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from click import Context, Parameter

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_PLAIN = r"[\w.,:@%+/-]+"
_STAGE = r"(?im)^\s*FROM\s.*\sAS\s+([a-z][a-z0-9._-]*)\s*$"


def profiles(context: Context, _parameter: Parameter, incomplete: str) -> list[str]:
    """Return the names of the profiles of the template that the line names, or of this folder's."""
    from dfrender.diagnostics import DfrenderError
    from dfrender.profile import places

    with suppress(DfrenderError, OSError):
        return _matching((each.name for each in places.profiles(_template(context).parent)), incomplete)
    return []


def stages(context: Context, _parameter: Parameter, incomplete: str) -> list[str]:
    """Return the names of the stages that are written in the template, without rendering it."""
    from dfrender.diagnostics import DfrenderError
    from dfrender.template.template import read_template

    with suppress(DfrenderError, OSError):
        return _matching(re.findall(_STAGE, read_template(_template(context)).text), incomplete)
    return []


def files(_context: Context, _parameter: Parameter, incomplete: str) -> "list[CompletionItem]":
    """Leave it to the shell to offer files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def rules(_context: Context, _parameter: Parameter, incomplete: str) -> list[str]:
    """Return the names of all rules."""
    from dfrender.rules import manual

    return _matching(manual.rules(), incomplete)


def codes(_context: Context, _parameter: Parameter, incomplete: str) -> list[str]:
    """Return all codes that have a manual."""
    from dfrender.rules import manual

    return _matching(manual.manuals(), incomplete)


def formats(context: Context, parameter: Parameter, incomplete: str) -> "list[str] | list[CompletionItem]":
    """Return the names of the formats of a plan, and leave it to the shell to offer files for anything else."""
    from dfrender.plan import NAMES

    return _matching(NAMES, incomplete) or files(context, parameter, incomplete)


def _template(context: Context) -> Path:
    from dfrender import discover

    # click gives up at the option that has no value yet, and keeps what stands before it aside
    path = Path(next(iter(context.args), "."))
    if path.is_dir():
        return discover.template_of(path)
    return path


def _matching(names: Iterable[str], incomplete: str) -> list[str]:
    """Return the names that begin so, but for those of which a shell would run or expand a part.

    Bash puts what is offered into the line as it is (click's script for it, and ``COMPREPLY`` in bash's manual).
    """
    return [name for name in names if name.startswith(incomplete) and re.fullmatch(_PLAIN, name)]
