"""What a template prints or hands to ``stage`` that has no place in a Dockerfile to problems.

All else that can be wrong is in `faults`, which only a template with mistakes needs.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from dfrender.diagnostics import Problems
from dfrender.source import At, Line
from dfrender.template.syntax import CodeLine

_ADDRESS = re.compile(r"<([^<>]*) at 0x[0-9a-f]+>")
_JINJAS_CLASS = re.compile(r"<class '(?:jinja2\.utils\.)?(cycler|dict|joiner|namespace)'>", re.IGNORECASE)
_A_FUNCTION = (
    "set it under 'values' in the profile: without a value the name means a function of Jinja, also to | default and "
    '"is defined"'
)


def report_stage_argument(at: At, given: Sequence[object], named: Mapping[str, object], problems: Problems) -> None:
    """Report a call of ``stage`` with anything but one name."""
    count = len(given) + len(named)
    if count != 1:
        what = f"{count} arguments"
    elif given:
        what = repr(given[0])
    else:
        what = f"an argument called {', '.join(named)!r}"
    message = f"stage() takes the name of a stage, not {what}"
    problems.error(at, "stage-argument", message, 'write stage("NAME")')


def report_printed(line: CodeLine, value: object, problems: Problems) -> None:
    """Report a print of what is neither text nor a number: Python's way of writing it has no place in a Dockerfile."""
    at = line.at
    code, shown = "VALUE", "a value"
    if len(line.prints) == 1:
        at = line.source.at(line.prints[0].start)
        code = line.source.expression(line.prints[0])
        shown = repr(code)
    what, instead = _instead(value, code)
    message = f"{shown} is {what}, and only text and numbers can be printed"
    problems.error(at, "printed-value", message, f"write {instead}")


def report_function(line: CodeLine, name: str, elsewhere: Callable[[str], str], problems: Problems) -> None:
    """Report the print of a function of Jinja, whose name a value has that this profile does not set."""
    there = elsewhere(name)
    hint = f"{name} is {there}; {_A_FUNCTION}" if there else _A_FUNCTION
    problems.error(line.place(name), "undefined-name", f"{name!r} is undefined", hint)


def report_printed_objects(lines: Iterable[Line], code_line: Callable[[At], CodeLine], problems: Problems) -> None:
    """Report what came into the output as part of a text: addresses, which are never the same, and Jinja's classes."""
    for line in lines:
        for match in _ADDRESS.finditer(line.text):
            if match.end() > line.exact:
                at = code_line(line.at).place()
                message = f"{match.group(1)!r} is printed, which is neither text nor a number"
                problems.error(at, "printed-value", message, "make a text of it, as | join does")
        for match in _JINJAS_CLASS.finditer(line.text):
            if match.end() > line.exact:
                name = match.group(1).lower()
                at = code_line(line.at).place(name)
                problems.error(at, "undefined-name", f"{name!r} is undefined", _A_FUNCTION)


def _instead(value: object, code: str) -> tuple[str, str]:
    """Say what a value is, and what to write instead of its code."""
    match value:
        case bool():
            return "a boolean", f'{{{{ "yes" if {code} else "no" }}}} with the words that are wanted'
        case None:
            return "null", f'{{{{ {code} or "" }}}}'
        case Mapping():
            return "a mapping", f"{{{{ {code}.NAME }}}}, one of its values"
        case _ if callable(value):
            return "a function", f"{{{{ {code}() }}}}, a call of it"
        case Iterable():
            return "a list", f'{{{{ {code} | join(" ") }}}}'
    return "an object", "text or a number"
