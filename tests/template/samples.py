"""Templates that use all of Jinja: the tests check of each what must hold of any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Sample:
    """A template with its values and includes; ``lines`` are what it renders to, each with its template line."""

    text: str
    lines: str
    values: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


SAMPLES = {
    "no tag at all": Sample("FROM a\nRUN b\n", "1 FROM a|2 RUN b|"),
    "no final line end": Sample("FROM {{ 'a' }}\nRUN b", "1 FROM a|2 RUN b"),
    "nothing but a comment": Sample("{# nothing #}\n", ""),
    "nothing but an empty print": Sample('{{ "" }}', ""),
    "an empty print on a line of its own": Sample('{{ "" }}\nRUN b\n', "1 |2 RUN b|"),
    "an empty print before text": Sample('{{ "" }}FROM a\n', "1 FROM a|"),
    "tags above the first directive": Sample(
        "{% set a = 1 %}\n{# why #}\n# syntax=docker/dockerfile:1\nFROM {{ a }}\n",
        "3 # syntax=docker/dockerfile:1|4 FROM 1|",
    ),
    "a byte order mark before a tag": Sample("\ufeff{% set a = 1 %}\nFROM {{ a }}\n", "1 \ufeffFROM 1|"),
    "a condition in a continued line": Sample(
        "RUN a \\\n{% if x %}\n  b \\\n{% else %}\n  c \\\n{% endif %}\n  d\n",
        "1 RUN a \\|3   b \\|7   d|",
        {"x": True},
    ),
    "a loop": Sample("{% for i in [1, 2] %}\nRUN {{ i }}\nRUN x\n{% endfor %}\n", "2 RUN 1|3 RUN x|2 RUN 2|3 RUN x|"),
    "tags over several lines": Sample(
        '{%\n if true\n%}\nRUN x\n{%\n endif\n%}\n{{\n "y"\n}} z\nRUN\n', "4 RUN x|8 y z|11 RUN|"
    ),
    "a value of several lines": Sample("RUN {{ v }} d\nRUN e\n", "1 RUN a|1 b|1 c d|2 RUN e|", {"v": "a\nb\nc"}),
    "raw text": Sample(
        "{% raw %}\nRUN {{ x }} ${#y} {% if %}\n{% endraw %}\nRUN z\n", "1 |2 RUN {{ x }} ${#y} {% if %}|4 RUN z|"
    ),
    "raw text amid a line": Sample("RUN a {% raw %}${#y}{% endraw +%}\nRUN z\n", "1 RUN a ${#y}|2 RUN z|"),
    "line ends that are kept by a plus": Sample(
        "{% if true +%}\nRUN a{% endif +%}\nRUN b {# why +#}\nRUN c\n", "1 |2 RUN a|3 RUN b |4 RUN c|"
    ),
    "lines that are joined by a minus": Sample(
        "RUN a\n{%- if true -%}\n  b\n{%- endif -%}\n  c\nRUN d\n{{- ' e' -}}\n\nf\n", "1 RUN abc|6 RUN d ef|"
    ),
    "a macro": Sample(
        "{% macro m(a) %}\nRUN {{ a }}\nRUN x\n{% endmacro %}\nFROM a\n{{ m(1) }}RUN y\n{{ m(2) }}\n",
        "5 FROM a|2 RUN 1|3 RUN x|6 RUN y|2 RUN 2|3 RUN x|7 |",
    ),
    "a macro on one line": Sample("{% macro m() %}a{% endmacro %}\nRUN {{ m() }}\n", "2 RUN a|"),
    "a macro in a macro": Sample(
        "{% macro m() %}\nRUN m\n{% endmacro %}\n{% macro n() %}\nRUN n\n{{ m() }}{% endmacro %}\n{{ n() }}\n",
        "5 RUN n|2 RUN m|7 |",
    ),
    "a call block": Sample(
        "{% macro m() %}\n[\n{{ caller() }}]\n{% endmacro %}\n{% call m() %}\nin\n{% endcall %}\n", "2 [|6 in|3 ]|"
    ),
    "a filter block": Sample("{% filter upper %}\nrun a\n{% endfilter %}\nRUN b\n", "2 RUN A|4 RUN b|"),
    "a set block": Sample("{% set s %}\nRUN a\n{% endset %}\nFROM a\n{{ s }}RUN b\n", "4 FROM a|2 RUN a|5 RUN b|"),
    "includes": Sample(
        "{% for i in [1, 2] %}\n{% include 'a.j2' %}\n{% endfor %}\n{% include 'sub/b.j2' %}\nRUN c\n",
        "a.j2:1 RUN 1|a.j2:1 RUN 2|sub/b.j2:1 RUN x|5 RUN c|",
        files={"a.j2": "RUN {{ i }}\n", "sub/b.j2": "RUN x\n"},
    ),
    "an include without a final line end": Sample(
        "{% include 'a.j2' %}\n b\nRUN c\n", "a.j2:1 RUN a b|3 RUN c|", files={"a.j2": "RUN a"}
    ),
    "an include that may be missing": Sample("{% include 'a.j2' ignore missing %}\nRUN a\n", "2 RUN a|"),
    "an empty include": Sample("{% include 'a.j2' %}\nRUN a\n", "2 RUN a|", files={"a.j2": ""}),
    "the template itself, included": Sample(
        "{% if not again %}\n{% set again = 1 %}\n{% include 'Dockerfile.j2' %}\n{% endif %}\nRUN a\n",
        "5 RUN a|5 RUN a|",
        {"again": ""},
    ),
    "imports with and without context": Sample(
        "{% import 'a.j2' as a with context %}\n{% from 'a.j2' import p %}\n{{ a.m() }}{{ p() }}RUN c\n",
        "a.j2:2 RUN 1|a.j2:5 RUN ci|3 RUN c|",
        {"v": 1},
        {"a.j2": "{% macro m() %}\nRUN {{ v }}\n{% endmacro %}\n{% macro p() %}\nRUN {{ profile }}\n{% endmacro %}\n"},
    ),
    "a parent template": Sample(
        "{% extends 'a.j2' %}\n{% block b %}\nRUN child\n{{ super() }}{% endblock +%}\n",
        "a.j2:1 FROM a|3 RUN child|a.j2:3 RUN parent|a.j2:5 RUN end|",
        files={"a.j2": "FROM a\n{% block b %}\nRUN parent\n{% endblock %}\nRUN end\n"},
    ),
    "characters that other tools split lines at": Sample(
        'RUN a\x0cb\u2028c\x0b{{ "" }}\x1c\u0085\nRUN d\n', "1 RUN a\x0cb\u2028c\x0b\x1c\u0085|2 RUN d|"
    ),
    "bytes that are not UTF-8": Sample(
        "# \udcff {{ v }}\nRUN \udc80\n", "1 # \udcff \udcfe|2 RUN \udc80|", {"v": "\udcfe"}
    ),
    "characters of private use": Sample(
        '\ue000 {{ "\\ue001" }}\ue00c\nRUN {{ v }}\n',
        "1 \ue000 \ue001\ue00c|2 RUN \ue002\ue003|",
        {"v": "\ue002\ue003"},
    ),
    "numbers": Sample("{{ 1 }} {{ 1.5 }} {{ n + 1 }}\n", "1 1 1.5 3|", {"n": 2}),
}
