"""Output files to findings: what stands there is not what would be written now. Compares nothing itself."""

import shlex

from dfrender.boundary import ROOT
from dfrender.diagnostics import Problems
from dfrender.files import OutputFile
from dfrender.output import State
from dfrender.source import At


def report_outdated(file: OutputFile, problems: Problems) -> None:
    """Report a file that is not up to date, at the template that it is made of."""
    path = str(file.output.path)
    at = At(file.result.template.file)
    place = [("the output", At(path))]
    update = f"update it: {file.command}"
    replace = f"replace it: {file.command} --force"
    if file.state is State.MISSING:
        message = f"{path} is missing"
        problems.error(at, "missing-output", message, update, place)
    elif file.state is State.STALE:
        message = f"{path} is stale{_variables(file)}"
        problems.error(at, "stale-output", message, update, place)
    elif file.state is State.EDITED:
        message = f"{path} is edited by hand"
        problems.error(at, "edited-output", message, replace, place)
    elif file.state is State.FOREIGN:
        message = f"{path} is not written by dfrender"
        problems.error(at, "foreign-output", message, replace, place)
    else:  # a stream
        message = f"{path} is a pipe or a device, which holds nothing"
        hint = "compare with a file: name it with -o FILE"
        problems.error(at, "foreign-output", message, hint, place)


def report_untracked(file: OutputFile, problems: Problems) -> None:
    """Report a file that a commit would go without, at the template that it is made of."""
    path = str(file.output.path)
    at = At(file.result.template.file)
    place = [("the output", At(path))]
    message = f"{path} is not tracked by git, so a commit goes without it"
    hint = f"add it: git add {shlex.quote(path)}; or let git ignore it"
    problems.error(at, "untracked-output", message, hint, place)


def _variables(file: OutputFile) -> str:
    """Name the variables of the environment that a rendering depends on: another value makes another output."""
    names = sorted(file.result.recorder.environ.noted.keys() - {ROOT})
    if not names:
        return ""
    noun = "variable" if len(names) == 1 else "variables"
    return f"; it depends on the environment {noun} {' and '.join(names)}"
