"""What holds of every rendering without anybody saying what to expect: lines that Jinja has no business with stay."""

import re
from collections.abc import Iterator, Mapping

from dfrender.source import split_lines
from dfrender.template.template import Rendered


def verify_verbatim(rendered: Rendered, text: str, files: Mapping[str, str]) -> None:
    """Check that a template line without Jinja is there as it is wherever a line says that it comes from it."""
    verbatim = {name: dict(verbatim_lines(each)) for name, each in [*files.items(), ("Dockerfile.j2", text)]}
    for line in rendered.lines:
        source = verbatim[line.at.file].get(line.at.line, line.text)
        assert line.text == source or (not source.endswith("\n") and line.text.startswith(source))


def verbatim_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that Jinja has no business with: no part of a tag, not filtered, not joined by a minus."""
    block = r"\{%\s*(filter|set(?=[^=%]*%)|call)\b.*?\{%\s*end\1\s*%\}"
    raw = r"\{%\s*raw\s*%\}.*?\{%\s*endraw\s*\+?%\}"
    tag = r"(?:\s*(?=\{[{%#]-))?\{[{%#].*?(?:-[%#}]\}\s*|[%#}]\})"
    blank = re.sub(
        f"{raw}|{block}|{tag}", lambda match: "\x01" + "\n\x01" * match.group().count("\n"), text, flags=re.DOTALL
    )
    for number, (line, left) in enumerate(zip(split_lines(text), split_lines(blank), strict=False), 1):
        if "\x01" not in left:
            yield number, line
