"""What is wrong at a place to the edits that end it: each hint that says what to write, as far as it says all of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from dfrender.lsp.features import instruction_fixes as of_instructions
from dfrender.lsp.features import profile_fixes as of_profiles
from dfrender.lsp.features.ignoring import not_ignored
from dfrender.lsp.features.profile_fixes import Read
from dfrender.lsp.features.site import Fix, Site
from dfrender.lsp.model import Analysis, Naming

# the hints that name the text to write in place of the one that the message quotes
_INSTEAD = (
    re.compile(r"did you mean '(?P<new>[^']+)'"),
    re.compile(r"^write '(?P<new>[^']+)'$"),
    re.compile(r"^write (?P<new>true|false), or put the text in quotes$"),
    re.compile(r"^write (?P<new>[\w.-]+); if another job builds it"),
    re.compile(r"^write (?P<new>[\w./:-]+), or repository and tag instead of image$"),
    re.compile(r"write (?P<new>[\w./-]+:latest)$"),
    re.compile(r"^give it a tag: (?P<new>\S+)$"),
    re.compile(r"^write (?:FROM|AS) (?P<new>[\w.-]+)$"),
    re.compile(r"^write (?P<new>[\w.-]+) in both places$"),
)
_FLAG = re.compile(r"--[\w-]+")

_FIXES: Mapping[str, Callable[[Site], Iterator[Fix]]] = MappingProxyType(
    {
        "ambiguous-boolean": of_profiles.quoted_value,
        "arg-inheritance-lost": of_instructions.repeated_argument,
        "arg-used-before-declaration": of_instructions.moved_argument,
        "bad-substitution": of_profiles.substitution,
        "block-tag-eats-newline": of_instructions.written_tag,
        "buildah-syntax": of_instructions.repeated_argument,
        "classic-syntax": of_instructions.repeated_argument,
        "copy-from-own-base": of_instructions.removed_instruction,
        "directive-not-first": of_instructions.directive_on_top,
        "duplicate-mount-option": of_instructions.last_from_of_mount,
        "empty-from": of_instructions.removed_empty_from,
        "flag-behind-path": of_instructions.flag_in_front,
        "input-digest-without-platform": of_profiles.setting,
        "invalid-arg-name": of_instructions.renamed_argument,
        "invalid-escape-directive": of_instructions.escape_directive,
        "mount-split-by-whitespace": of_instructions.joined_mount,
        "platform-becomes-effective": of_instructions.removed_platform,
        "platform-lost": of_instructions.written_platform,
        "printed-value": of_instructions.joined_list,
        "shell-length-opens-comment": of_instructions.raw_text,
        "suspicious-expansion": of_instructions.renamed_argument,
        "template-syntax": of_instructions.raw_text,
        "unknown-tag": of_profiles.removed_tag,
        "unused-ignore": not_ignored,
        "wrong-type": of_profiles.list_of_one,
    }
)


def fixes(analysis: Analysis, site: Site, read: Read) -> Iterator[Fix]:
    """Yield what the hint of a problem says to write; ``read`` is asked for files beside the document."""
    yield from _other_text(site)
    code = site.problem.code
    if code in _FIXES:
        yield from _FIXES[code](site)
    elif code == "undefined-name":
        yield from of_instructions.raw_text(site)
        yield from of_instructions.default_value(site)
        yield from of_instructions.quoted_stage(site)
    elif code == "wrong-value":
        yield from of_profiles.boolean(site)
        yield from of_profiles.value_of_argument(site)
    elif code == "onbuild-index-shifts":
        yield from _name_of_stage(analysis, site)
    elif code == "rendered-file-in-context":
        yield from of_profiles.ignored_output(site, analysis.root, read)
    elif code == "parent-not-found":
        yield from of_profiles.created(site, analysis.root, read)


def _other_text(site: Site) -> Iterator[Fix]:
    """Yield what a hint names to be written in place of the text that the message quotes."""
    for pattern in _INSTEAD:
        match = pattern.search(site.hint)
        if match is None:
            continue
        span = _quoted(site)
        if span:
            yield site.writes(*span, match["new"])


def _quoted(site: Site) -> tuple[int, int] | None:
    """Return where the text that a message quotes first stands: at the problem, or behind it in its line."""
    text = site.text.text
    end = text.find("\n", site.start)
    if end < 0:
        end = len(text)
    for old in site.quoted():
        found = text.lower().find(old.lower(), site.start, end)
        if found >= 0:
            return found, found + len(old)
    flag = _FLAG.match(text, site.start)
    if flag:
        return flag.span()
    return None


def _name_of_stage(analysis: Analysis, site: Site) -> Iterator[Fix]:
    """Yield the name of the stage that an index counts."""
    for mention in analysis.mentions:
        if mention.naming is Naming.INDEX and mention.location == site.problem.location and len(mention.stages) == 1:
            name = analysis.stages[mention.stages[0]].name
            if name:
                yield site.writes(site.start, site.stop, name)
