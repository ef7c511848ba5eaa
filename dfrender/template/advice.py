"""What a template's author may have meant to what there is in dfrender: names of other tools, text that is not Jinja's.

Knows no problem and no place: it returns hints, empty where there is nothing to say.
"""

import re

from dfrender.template.sandbox import LEFT_OUT, NOT_DETERMINED
from dfrender.template.syntax import TAGS, CodeLine, Segment, SegmentKind, Source

_ENCODED = "there is no such filter: put the text under 'values' as it is to be, or let a RUN make it"
_NO_PATTERNS = 'there are no regular expressions: write x.replace("a", "b"), x.split("/") or x.startswith("a")'
_NEEDLESS = "leave it out: a name without a value is an error by itself"
_FAIL = 'write {{ fail("MESSAGE") }}'
_FILE = 'write {% include "NAME" %}: a file of the repository is rendered where it stands'
_JOIN = 'write x.split("/") | last, or x.split("/")[:-1] | join("/")'
_NO_CHANGE = "a value cannot be changed; make a new one, as in {% set x = x + [1] %}"
_CONDITION_OF_LOOP = "give the loop a condition: {% for x in y if x %}"

_FILTERS = {
    **LEFT_OUT,
    **dict.fromkeys(
        ("b64encode", "b64decode", "b64enc", "b64dec", "hash", "md5", "sha1", "sha256", "sha256sum"), _ENCODED
    ),
    **dict.fromkeys(("mandatory", "required"), _NEEDLESS),
    **dict.fromkeys(("regex_replace", "regex_search", "regex_findall", "regex_match"), _NO_PATTERNS),
    **dict.fromkeys(("basename", "dirname", "base", "dir"), _JOIN),
    **dict.fromkeys(("now", "shuffle", "strftime", "to_datetime", "uuid"), NOT_DETERMINED),
    **dict.fromkeys(("to_json", "to_nice_json", "toJson", "json"), "write x | tojson"),
    **dict.fromkeys(("to_yaml", "to_nice_yaml", "toYaml"), "write x | tojson, which is YAML too"),
    **dict.fromkeys(("quote", "squote", "dquote"), "write the quotes themselves around {{ x }}"),
    "bool": 'a value is a boolean if the profile writes true or false without quotes; of a text, ask x == "true"',
    "nindent": "write x | indent(4)",
    "split": 'write x.split(",")',
    "ternary": 'write {{ "yes" if x else "no" }}',
    "trimPrefix": 'write x.removeprefix("v")',
    "trimSuffix": 'write x.removesuffix("-dev")',
}
_FUNCTIONS = {
    "lipsum": NOT_DETERMINED,
    **dict.fromkeys(("raise", "raise_error", "raise_exception", "error", "abort", "throw", "assert"), _FAIL),
    **dict.fromkeys(
        ("include_file", "include_raw", "include_text", "import_file", "read_file", "readfile", "file"), _FILE
    ),
    **dict.fromkeys(("open", "load", "lookup", "query", "fileglob"), _FILE),
    **dict.fromkeys(("now", "uuid", "uuid4", "today", "random", "randint"), NOT_DETERMINED),
    **dict.fromkeys(("required", "mandatory"), _NEEDLESS),
    "do": _NO_CHANGE,
    "enumerate": "in a loop, loop.index is the number of the turn",
    "int": "write x | int",
    "len": "write x | length",
    "list": "write x | list",
    "max": "write x | max",
    "min": "write x | min",
    "print": "write {{ x }}",
    "sorted": "write x | sort",
    "str": "write x | string",
    "sum": "write x | sum",
    "ternary": 'write {{ "yes" if x else "no" }}',
}
_TAGS = {
    **dict.fromkeys(("raise", "error", "fail", "assert"), _FAIL),
    **dict.fromkeys(("include_file", "include_raw", "render"), _FILE),
    **dict.fromkeys(("break", "continue"), _CONDITION_OF_LOOP),
    **dict.fromkeys(("elseif", "elsif"), "write {% elif x %}"),
    "assign": "write {% set x = 1 %}",
    "comment": "write {# and #} around a comment",
    "debug": "dfrender profile show NAME prints what the template is given",
    "do": _NO_CHANGE,
    "end": "write the name of what ends, as in {% endif %}",
    "unless": "write {% if not x %}",
    "verbatim": "write {% raw %}",
}
_ENVIRONMENT = frozenset({"ENV", "env", "env_var", "environ", "environment", "get_env", "getenv", "os"})
_QUOTED = re.compile(r"['\"](\w+)['\"]")
_DOTTED = re.compile(r"\.\s*([A-Z_][A-Z0-9_]*)\b")
_GO_TEMPLATE = re.compile(r"\{\{-?\s*(?:\w+\s+)*\.")
_LOOKUP_OF_ENVIRONMENT = re.compile(r"\(\s*['\"]env['\"]")
_STAGE = re.compile(r"\bstage\(\s*([\w.-]+)\s*\)")
_NAME = re.compile(r"\w+")
_KNOWN_TAGS = TAGS | _TAGS.keys()
_SED = re.compile(r"\bs([/|,#@:!])[^/|,#@:!]*$")


def instead_of_filter(name: str, line: CodeLine) -> str:
    """Say what there is in place of a filter or test."""
    if name in _ENVIRONMENT:
        return _environment(line.code(name))
    return _FILTERS.get(name, "")


def instead_of_tag(name: str) -> str:
    """Say what there is in place of a tag."""
    return _TAGS.get(name, "")


def instead_of_name(name: str, line: CodeLine) -> str:
    """Say what there is in place of a function or of the environment; a bare name may be a value that is missing."""
    code = line.code(name)
    match = re.search(rf"\b{re.escape(name)}\b(.*)", code, re.DOTALL)
    behind = match.group(1).lstrip() if match else ""
    if name in _ENVIRONMENT and behind.startswith(("[", "(", ".")):
        return _environment(behind)
    if not behind.startswith("("):
        return ""
    if name == "lookup" and _LOOKUP_OF_ENVIRONMENT.match(behind):
        return _environment(behind)
    return _FUNCTIONS.get(name, "")


def unquoted_stage(name: str, line: CodeLine) -> str:
    """Say how the name of a stage is written where it is written as a name of the template."""
    code = line.code(name)
    for match in _STAGE.finditer(code):
        written = match.group(1)
        if name in _NAME.findall(written):
            return f'a stage\'s name is text, in quotes: stage("{written}")'
    return ""


def raw(line: CodeLine, word: str = "") -> str:
    """Say how to write what looks like text of a shell, of a pipeline or of a Go template."""
    for segment in line.holding(word):
        hint = raw_segment(line.source, segment)
        if hint:
            return hint
    return ""


def raw_segment(source: Source, segment: Segment) -> str:
    """Say how to write a segment of such text; nothing for other segments."""
    at = source.at(segment.start)
    before = source.line(at.line)[: at.column - 1]
    text = source.of(segment)
    if not segment.closed:
        text = text.split(maxsplit=1)[0]
    if before.endswith("$"):
        text = f"${text}"
    behind = source.text[segment.stop : segment.stop + 1]
    if segment.kind is SegmentKind.PRINT:
        is_foreign = _is_foreign_print(before, text, behind)
    else:
        is_known = source.tag(segment) in _KNOWN_TAGS
        is_foreign = bool(before.strip()) and not is_known
    if not is_foreign:
        return ""
    return f"if this is not meant for Jinja, write {{% raw %}}{text}{{% endraw %}}"


def _is_foreign_print(before: str, text: str, behind: str) -> bool:
    """Say whether a print looks like ``{{.Names}}``, ``${{ github.sha }}``, or like the X in ``sed s/{{X}}/1/``."""
    if text.startswith("$") or _GO_TEMPLATE.match(text):
        return True
    match = _SED.search(before)
    return match is not None and match.group(1) == behind


def _environment(code: str) -> str:
    """Say how a variable of the environment gets into a template; its name is found where it is written."""
    found = [each for each in _QUOTED.findall(code) if each != "env"]
    found += _DOTTED.findall(code)
    variable = found[0] if found else "NAME"
    name = variable.lower()
    setting = f"values: {{{name}: ${{{variable}}}}}"
    return f"a template does not read the environment: set {setting} in the profile, and write {{{{ {name} }}}} here"
