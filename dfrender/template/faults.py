"""What Jinja or dfrender found wrong in a template's code to diagnostics: the place, the words, the next step.

Knows nothing of Jinja but the sentences that it says.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dfrender.diagnostics import Diagnostic, did_you_mean
from dfrender.source import At, Line
from dfrender.template.syntax import TAGS, Kind, Piece, Source

_NOT_DETERMINED = "left out of dfrender's Jinja: its result is another one each time"
_FOR_HTML = "left out of dfrender's Jinja: it is made for HTML"
LEFT_OUT = {
    "lipsum": _NOT_DETERMINED,
    "random": _NOT_DETERMINED,
    "pprint": "left out of dfrender's Jinja: it writes Python",
    **dict.fromkeys(("e", "escape", "forceescape", "safe", "striptags", "urlize", "xmlattr"), _FOR_HTML),
}
_GO_TEMPLATE = re.compile(r"\{\{-?\s*(?:\w+\s+)*\.")


def place(source: Source, line: int, word: str = "") -> At:
    """Give the place of a name in the code on a line, else of the code if there is but one piece, else the line."""
    code = source.code(line) if line else []
    found = [offset for piece in code for offset, name in source.words(piece) if name == word]
    if found or len(code) == 1:
        return source.at(found[0] if found else code[0].start)
    return At(source.file, line)


def syntax(source: Source, line: int, sentences: str, filters: Iterable[str]) -> Diagnostic:
    """Word a syntax error; where something is never closed, its beginning is what the user has to see."""
    sentence = re.sub(r" at \d+$", "", sentences.partition(". ")[0])
    word = _last_quoted(sentence)
    blocks = source.open_blocks()
    unclosed = [piece for piece in source.pieces if not piece.closed and piece.kind is not Kind.TEXT]
    if unclosed and "end of" in sentence:
        return _unclosed_tag(source, unclosed[0])
    if blocks and "end of" in sentence:
        return _unclosed_block(source, blocks[-1])
    hint = ""
    if sentence.startswith(("No filter named", "No test named", "Encountered unknown tag")):
        hint = LEFT_OUT.get(word) or did_you_mean(word, TAGS if "unknown tag" in sentence else filters)
    if sentence.endswith("own name"):
        hint = "choose another name"
    if blocks and word in TAGS and not hint:
        hint = f"close {source.tag(blocks[-1])!r} first"
    related = tuple((f"{source.tag(piece)!r} is open", source.at(piece.start)) for piece in blocks[-1:])
    hint = _raw_hint(source, line) or hint or "correct it, or write {% raw %} and {% endraw %} around what is not Jinja"
    return Diagnostic(place(source, line, word), "template-syntax", _lower(sentence), hint=hint, related=related)


def stage_argument(at: At, given: Sequence[object], named: Mapping[str, object]) -> Diagnostic:
    """Word a call of ``stage`` with anything but one name."""
    count = len(given) + len(named)
    one = f"{given[0]!r}" if given else f"an argument called {', '.join(named)!r}"
    what = one if count == 1 else f"{count} arguments"
    message = f"stage() takes the name of a stage, not {what}"
    return Diagnostic(at, "stage-argument", message, hint='write stage("NAME")')


def undefined(
    source: Source, line: int, sentence: str, known: Iterable[str], elsewhere: Callable[[str], str]
) -> Diagnostic:
    """Word the use of a name, or of an attribute or an element, that does not exist."""
    word = _last_quoted(sentence)
    sentence = re.sub(r"'(?:\w+\.)*_?(\w+) object'", r"\1", sentence)
    hint = _raw_hint(source, line) or 'ask with "is defined", or give it a default with | default("")'
    if sentence == f"{word!r} is undefined":
        there = elsewhere(word)
        default = f'write {{{{ {word} | default("") }}}}'
        here = did_you_mean(word, known) or f"set it under 'values' in the profile or {default}"
        here = f"{word} is {there}; set it here too or {default}" if there else here
        hint = _raw_hint(source, line) or LEFT_OUT.get(word) or here
    return Diagnostic(place(source, line, word), "undefined-name", _lower(sentence), hint=hint)


def printed(source: Source, line: int, value: object) -> Diagnostic:
    """Word a print of what is neither text nor a number: Python's way of writing it has no place in a Dockerfile."""
    prints = [piece for piece in source.code(line) if piece.kind is Kind.PRINT]
    code = " ".join(source.of(prints[0])[2:-2].strip("-").split()) if len(prints) == 1 else ""
    at = source.at(prints[0].start) if code else At(source.file, line)
    what, instead = _instead(value, code or "VALUE")
    message = f"{repr(code) if code else 'a value'} is {what}, and only text and numbers can be printed"
    return Diagnostic(at, "printed-value", message, hint=f"write {instead}")


def include_place(source: Source, line: int, name: str) -> At:
    """Give the place at which the name of an include is written, else that of the tag."""
    code = [(piece, source.text.find(name, piece.start, piece.stop)) for piece in source.code(line)]
    return next((source.at(offset) for _, offset in code if offset >= 0), place(source, line))


def not_found(source: Source, line: int, name: str, near: Iterable[str]) -> Diagnostic:
    """Word an include of a file that is not there."""
    hint = did_you_mean(name, near) or "includes are looked for in the template's folder and below"
    return Diagnostic(include_place(source, line, name), "include-not-found", f"no file {name!r}", hint=hint)


def failed(source: Source, line: int, error: BaseException) -> Diagnostic:
    """Word any other exception that the code of a template raised."""
    sentence, _, more = (str(error) or type(error).__name__).partition(". ")
    if isinstance(error, RecursionError):
        sentence, more = "includes or macros call each other without end", "let a condition end it"
    if sentence.endswith("is unsafe."):
        more = "a template can neither change a value nor reach into Python; make a new value with {% set %}"
    hint = _lower(more) or "check what the names in it stand for here"
    return Diagnostic(place(source, line), "template-error", _lower(sentence), hint=hint)


def addresses(lines: Iterable[Line]) -> Iterator[Diagnostic]:
    """Word each address of a Python object that came into the output as part of a text: it is another one each time."""
    for line in lines:
        for match in re.finditer(r"<[^<>]* at 0x[0-9a-f]+>", line.text):
            if match.end() > line.exact:
                message = f"{match.group()[1:].split(' at ')[0]!r} is printed, which is neither text nor a number"
                yield Diagnostic(
                    At(line.at.file, line.at.line), "printed-value", message, hint="make a text of it, as | join does"
                )


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


def _unclosed_tag(source: Source, piece: Piece) -> Diagnostic:
    opening = source.of(piece)[:2]
    end = {"{{": "}}", "{%": "%}", "{#": "#}"}[opening]
    hint = _raw(source, piece) or f"close it with {end}"
    return Diagnostic(source.at(piece.start), "template-syntax", f"{opening!r} is never closed", hint=hint)


def _unclosed_block(source: Source, piece: Piece) -> Diagnostic:
    name = source.tag(piece)
    hint = f"close it with {{% end{name} %}}"
    return Diagnostic(source.at(piece.start), "template-syntax", f"{name!r} is never closed", hint=hint)


def _raw_hint(source: Source, line: int) -> str:
    return next(filter(None, (_raw(source, piece) for piece in source.code(line))), "")


def _raw(source: Source, piece: Piece) -> str:
    """Say how to write a piece that looks like text of a shell or of a Go template; nothing for other pieces."""
    at = source.at(piece.start)
    amid_text = bool(source.line(at.line)[: at.column - 1].strip())
    text = source.of(piece) if piece.closed else source.of(piece).split(maxsplit=1)[0]
    is_foreign = {
        Kind.PRINT: bool(_GO_TEMPLATE.match(text)),
        Kind.BLOCK: amid_text and source.tag(piece) not in TAGS,
        Kind.COMMENT: amid_text,
        Kind.TEXT: False,
    }
    return f"if this is not meant for Jinja, write {{% raw %}}{text}{{% endraw %}}" if is_foreign[piece.kind] else ""


def _last_quoted(sentence: str) -> str:
    return next(reversed(re.findall(r"'([^']+)'", sentence)), "")


def _lower(sentence: str) -> str:
    """Give a sentence of Jinja or Python as a message: no capital, no full stop."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
