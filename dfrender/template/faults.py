"""What Jinja or dfrender found wrong in a template's code to problems: the place, the words, the next step.

Knows nothing of Jinja but the sentences that it says.
"""

import re
from collections.abc import Callable, Iterable

from dfrender.diagnostics import Problems, did_you_mean
from dfrender.source import At
from dfrender.template import advice
from dfrender.template.syntax import TAGS, CodeLine, Segment, SegmentKind, Source

_OFFSET = re.compile(r" at \d+$")
_CLASS = re.compile(r"'(?:\w+\.)*_?(\w+) object'")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_NOT_JOINED = "sequence item"  # Python, of a block inside a macro or another block
_TOO_MANY_DIGITS = "Exceeds the limit"  # Python, of integers
_LONGEST_MESSAGE = 200
UNKNOWN = ("No filter named", "No test named")
"""How Jinja begins to speak of filters and tests that there are none of."""


def report_syntax(line: CodeLine, sentences: str, filters: Iterable[str], problems: Problems) -> None:
    """Report a syntax error; where something is never closed, its beginning is what the user has to see."""
    sentence, _, _ = sentences.partition(". ")
    sentence = _OFFSET.sub("", sentence).removesuffix(" found.")
    word = _last_quoted(sentence)
    source = line.source
    blocks = source.open_blocks()
    if "end of" in sentence:
        unclosed = _first_unclosed(source)
        if unclosed:
            _report_unclosed_tag(source, unclosed, problems)
            return
        if blocks:
            _report_unclosed_block(source, blocks[-1], problems)
            return
    innermost = ""
    related: list[tuple[str, At]] = []
    if blocks:
        innermost = source.tag(blocks[-1])
        related.append((f"{innermost!r} is open", source.at(blocks[-1].start)))
    hint = advice.raw(line, word) or _syntax_hint(line, sentence, word, innermost, filters)
    problems.error(line.place(word), "template-syntax", _lower(sentence), hint, related)


def report_undefined(
    line: CodeLine, sentence: str, known: Iterable[str], elsewhere: Callable[[str], str], problems: Problems
) -> None:
    """Report the use of a name, or of an attribute or an element, that does not exist."""
    word = _last_quoted(sentence)
    sentence = _CLASS.sub(r"\1", sentence)
    hint = advice.raw(line, word)
    if not hint and sentence == f"{word!r} is undefined":
        hint = _undefined_hint(line, word, known, elsewhere)
    elif not hint:
        hint = 'ask with "is defined", or give it a default with | default("")'
    problems.error(line.place(word), "undefined-name", _lower(sentence), hint)


def report_fail(line: CodeLine, message: str, problems: Problems) -> None:
    """Report what the template itself refuses, in its author's words."""
    text = " ".join(message.split()) or "the template refuses this"
    problems.error(line.place("fail"), "template-refuses", text, "the template says so itself, by fail()")


def report_not_found(line: CodeLine, name: str, near: Iterable[str], problems: Problems) -> None:
    """Report an include of a file that is not there."""
    at = line.place_of_include(name)
    hint = (
        did_you_mean(name, near)
        or "a name is relative to the template's folder, and with ./ or ../ to the file that includes"
    )
    problems.error(at, "include-not-found", f"no file {name!r}", hint)


def report_too_large(line: CodeLine, most: int, problems: Problems) -> None:
    """Report a rendering that became larger than all sense."""
    message = f"the rendering is larger than {most // 1024 // 1024} MiB"
    hint = "a loop here runs too often, or a value is too long"
    problems.error(line.place(), "rendering-too-large", message, hint)


def report_not_text(line: CodeLine, problems: Problems) -> None:
    """Report a `filter` or `call` block that gives something else than text."""
    at = line.place()
    for segment in line.segments:
        if line.source.tag(segment) in {"filter", "call"}:
            at = line.source.at(segment.start)
    message = "what this block gives is not text, and only text can stand in its place"
    hint = "let its filter or macro return text, or keep its text with {% set x %} and print what is made of x"
    problems.error(at, "printed-value", message, hint)


def report_failure(line: CodeLine, error: BaseException, problems: Problems) -> None:
    """Report any other exception that the code of a template raised."""
    if isinstance(error, TypeError) and str(error).startswith(_NOT_JOINED):
        report_not_text(line, problems)
        return
    sentences = str(error) or type(error).__name__
    sentence, _, more = sentences.partition(". ")
    if isinstance(error, RecursionError):
        sentence = "includes or macros call each other without end"
        more = "let a condition end it"
    if isinstance(error, UnicodeEncodeError):
        sentence = f"{error.object[error.start]!r} is half a character, which no file can hold"
        more = "write the character itself"
    if isinstance(error, MemoryError):
        sentence = "there is not enough memory for this"
        more = "make it smaller"
    if sentence.startswith(_TOO_MANY_DIGITS):
        sentence, more = "a number has more digits than can be printed", "write it as text, in quotes"
    if sentence.endswith("is unsafe."):
        more = "a template can neither change a value nor reach into Python; make a new value with {% set %}"
    hint = _lower(more) or "check what the names in it stand for here"
    problems.error(line.place(), "template-error", _lower(sentence), hint)


def _syntax_hint(line: CodeLine, sentence: str, word: str, innermost: str, filters: Iterable[str]) -> str:
    hint = ""
    if "unknown tag" in sentence:
        hint = advice.instead_of_tag(word) or did_you_mean(word, TAGS)
    elif sentence.startswith(UNKNOWN):
        hint = advice.instead_of_filter(word, line) or did_you_mean(word, filters)
    elif sentence.endswith("own name"):
        hint = "choose another name"
    if innermost and word in TAGS and not hint:
        hint = f"close {innermost!r} first"
    return hint or "correct it, or write {% raw %} and {% endraw %} around what is not Jinja"


def _undefined_hint(line: CodeLine, word: str, known: Iterable[str], elsewhere: Callable[[str], str]) -> str:
    there = elsewhere(word)
    default = f'write {{{{ {word} | default("") }}}}'
    if there:
        return f"{word} is {there}; set it here too or {default}"
    instead = advice.instead_of_name(word, line)
    if instead:
        return instead
    near = did_you_mean(word, known)
    quoted = advice.unquoted_stage(word, line)
    if quoted and near:
        return f"{quoted}; or {near}"
    return quoted or near or f"set it under 'values' in the profile or {default}"


def _first_unclosed(source: Source) -> Segment | None:
    for segment in source.segments:
        if not segment.closed and segment.kind is not SegmentKind.TEXT:
            return segment
    return None


def _report_unclosed_tag(source: Source, segment: Segment, problems: Problems) -> None:
    at = source.at(segment.start)
    opening = source.of(segment)[:2]
    end = _ENDS[opening]
    hint = advice.raw_segment(source, segment) or f"close it with {end}"
    problems.error(at, "template-syntax", f"{opening!r} is never closed", hint)


def _report_unclosed_block(source: Source, segment: Segment, problems: Problems) -> None:
    at = source.at(segment.start)
    name = source.tag(segment)
    problems.error(at, "template-syntax", f"{name!r} is never closed", f"close it with {{% end{name} %}}")


def _last_quoted(sentence: str) -> str:
    quoted = re.findall(r"'([^']+)'", sentence)
    return str(quoted[-1]) if quoted else ""


def _lower(sentence: str) -> str:
    """Return a sentence of Jinja or Python as a message: no capital, no full stop, and not what it quotes at length."""
    first, rest = sentence[:1], sentence[1:]
    message = first.lower() + rest.rstrip(".")
    if len(message) > _LONGEST_MESSAGE:
        return f"{message[:_LONGEST_MESSAGE]}…"
    return message
