"""What hypothesis makes Dockerfiles of: text shaped like one, with all that readers stumble over, and mere noise."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

_BLANKS = st.sampled_from([" ", " ", " ", "  ", "\t", " \t", "\v", "\f", "\r"])
_LINE_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n"])
_NAMES = st.sampled_from(
    [
        *("a", "a", "base", "build-er", "x.y", "B", "0", "scratch", "a:1", "host:5000/a/b:1", "$I", "${I}", "${I:-a}"),
        *('"a"', "'a'", 'b"as"e', "\\a", "`a", "a\\", "a$", "", "é", "a\u00a0b", "\u2028", '"a', "a#b", "a,b"),
    ]
)
_DIRECTIVES = st.sampled_from(
    [
        *(
            "# escape=`",
            "# escape=`",
            "#escape = \\",
            " # ESCAPE=`\t",
            "# syntax=docker/dockerfile:1",
            "#check=skip=all",
        ),
        *("# escape=x", "# other=x", "# comment", "#", "", "#!/bin/sh", "  # syntax=x"),
    ]
)
_COMMENTS = st.sampled_from(["# comment", "  # it's <<EOF \\", "#", "", " ", "\t", "\v", "\u00a0", "\u2028"])

_COPY_FLAGS = st.sampled_from(
    [
        *("--from={}", "--from={}", '--from="{}"', "--from='{}'", '--"from={}"', '--fr"o"m={}', "--from=\\{}"),
        *('--from="{}', "--from={}\\", "--from={}`", '--"from"={}', '--from={}""', "--from", "--from={}''", "--"),
        *("--link", "--chown=1:1", '--chown="a b"', "--chmod=7\\ 55", "--from=<<{}", "--x=é", "--'from={}' ''"),
    ]
)
_MOUNTS = st.sampled_from(
    [
        *("from={}", "from={}", "FROM={}", '"from={}"', '\\"from={}\\"', '`"from={}`"', "fr'om={}'", "from='{}'"),
        *("type=bind", "type=cache", "target=/x", 'target="/x y"', '\\"target=/x,y\\"', '\\"a=b\\"\\"c\\"', "", "rw"),
        *('"type=bind,from={}"', "'type=bind,from={}',target=/x", '"from={},id=a b"', '\\"from={}', 'from={}",id="'),
    ]
)
_MOUNT_FLAGS = st.lists(_MOUNTS, min_size=1, max_size=3).map(lambda options: "--mount=" + ",".join(options))
_RUN_FLAGS = st.one_of(_MOUNT_FLAGS, _MOUNT_FLAGS, st.sampled_from(["--network=none", "--", "--security='x y'"]))

_HEREDOCS = {
    "<<EOF": "EOF",
    "<<-EOF": "\tEOF",
    "<<'E F'": "E F",
    '3<<-"Q"': "\t\tQ",
    "<< EOF": "EOF",
    "<<EOF;": "EOF;",
    "<<E\\OF": "EOF",
    "<<$n": "$n",
    "$((1 << 2))": "2))",
    "<<\u00a0EOF": "EOF",
}
_SHELL_WORDS = st.sampled_from(
    [
        *_HEREDOCS,
        *("<<EOF", "<<EOF", "cat", "&&", "#", "<<<x", "a<<EOF", "'<<EOF'", '"<<EOF"', "it's", '"', "[", '["a",', "]"),
        *("${x:-a}", "${x:-a}<<EOF", "<<${x:-E}", "${x-'b'}", "${x:+${y}}", "${x?'}", "${", "$x", "\\", "\\'", "`"),
        *(
            "${x#y}",
            "${x%%y*}",
            "${x/a/b}",
            "${x//a/b}",
            "--mount=from=a",
            "--from=a",
            "é",
            "x\u2028y",
            '["a", "<<EOF"]',
        ),
    ]
)
_BODY = st.sampled_from(["body", "FROM fake", "EOF ", "# no comment", "", "\\", "\tEOF", "EOF", "RUN <<EOF"])
_OTHERS = st.sampled_from(
    [
        *('ENV a=b c="<<EOF"', 'CMD ["a"]', "WORKDIR /x", "LABEL a='b c'", "EXPOSE 80", "BOGUS x", "RUN", "ONBUILD"),
        *("ONBUILD FROM a", 'SHELL ["a", "<<EOF"]', "HEALTHCHECK --interval=1s CMD x", "ADD --from=a b c", "FROM"),
    ]
)
_ARG_WORDS = st.sampled_from(
    ["A", "A=1", "A=", "A='b c'", 'A="b', "A=b\\ c", "A=`", "#", "A-B=x", "=x", "A=\u00a0", "é=1"]
)


def _case(keyword: str) -> st.SearchStrategy[str]:
    return st.sampled_from([keyword, keyword, keyword, keyword.lower(), keyword.title()])


def _words(keyword: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    flat = [_case(keyword), *(each for part in parts for each in (_BLANKS, part))]
    return st.tuples(*flat).map("".join)


def _filled(flags: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    filled = st.builds(lambda flag, name: flag.replace("{}", name), flags, _NAMES)
    return st.lists(filled, max_size=2).map(" ".join)


_FROM = st.one_of(
    _words("FROM", _NAMES),
    _words("FROM", _NAMES, _case("AS"), _NAMES),
    _words("FROM", st.sampled_from(["--platform=x", '--platform="$P"', "--"]), _NAMES, _case("AS"), _NAMES),
    _words("FROM", _NAMES, _NAMES),
)
_COMMANDS = st.lists(_SHELL_WORDS, min_size=1, max_size=4).map(" ".join)
_COPY = _words("COPY", _filled(_COPY_FLAGS), st.one_of(st.sampled_from(["a /b", '["a", "b"]', "<<EOF /x"]), _COMMANDS))
_RUN = _words("RUN", _filled(_RUN_FLAGS), _COMMANDS)
_ARG = _words("ARG", st.lists(_ARG_WORDS, max_size=3).map(" ".join))
_TRIGGER = _words("ONBUILD", st.one_of(_COPY, _RUN, _OTHERS))
_INSTRUCTIONS = st.one_of(_FROM, _COPY, _COPY, _RUN, _RUN, _RUN, _ARG, _TRIGGER, _OTHERS)


_BETWEEN = st.lists(_COMMENTS, max_size=2)
_TRAILING = st.sampled_from(["", "", "", " ", "\t "])


@st.composite
def _instruction(draw: st.DrawFn, escape: str) -> list[str]:
    """Give an instruction's lines: broken anywhere, comments between them, then the bodies of what may be heredocs."""
    text = draw(_INSTRUCTIONS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=draw(st.sampled_from([0, 0, 0, 1, 2, 3])))))
    lines = []
    for start, stop in pairwise([0, *cuts]):
        lines += [f"{text[start:stop]}{escape}{draw(_TRAILING)}", *draw(_BETWEEN)]
    lines.append(text[cuts[-1] if cuts else 0 :] + draw(st.sampled_from(["", "", "", " ", "\v", "\u00a0"])))
    for opening in sorted(_HEREDOCS, key=text.find):
        if opening in text:
            lines += [*draw(st.lists(_BODY, max_size=2)), _HEREDOCS[opening]]
    return lines


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Give a text shaped like a Dockerfile."""
    lines = draw(st.lists(_DIRECTIVES, max_size=draw(st.sampled_from([0, 0, 1, 3]))))
    escape = "`" if any("`" in line for line in lines) else draw(st.sampled_from(["\\"] * 5 + ["`"]))
    lines += ["FROM a AS base"] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(1, 4))):
        lines += [*draw(_BETWEEN)[:1], *draw(_instruction(escape))]
    end = draw(_LINE_ENDS)
    bom = draw(st.sampled_from(["", "", "", "\ufeff"]))
    return bom + end.join(lines) + draw(st.sampled_from(["", end, end]))


_NOISE = st.sampled_from(
    [
        *("FROM", "RUN ", "COPY ", "ADD ", "ARG ", "ONBUILD ", "AS", "\nFROM a\n", "\nRUN ", "\nCOPY ", "BOGUS"),
        *(
            "--from=",
            "--mount=",
            "from=",
            ",",
            "=",
            "--",
            "'",
            '"',
            '"',
            "'",
            "\\",
            "\\",
            "`",
            "$",
            "${",
            "}",
            ":-",
            "#",
        ),
        *("<<", "<<-", "<<EOF", "EOF", "\nEOF\n", "\n\tEOF\n", "[", "]", '["a"]', "a", "b", "1", "/", ";"),
        *(" ", " ", "  ", "\t", "\v", "\f", "\r", "\r\n", "\n", "\n", "\\\n", "\\\n", "`\n", "\\ \n", "# escape=`\n"),
        *("\u00a0", "\x85", "\u2028", "\u3000", "\ufeff", "\x1c", "é", "\udcff", "# syntax=x\n", "#!x\n"),
    ]
)


def noise() -> st.SearchStrategy[str]:
    """Give a text of any fragments, half of them behind a ``FROM``."""
    return st.tuples(st.sampled_from(["", "FROM a\n"]), st.lists(_NOISE, max_size=20)).map(
        lambda parts: parts[0] + "".join(parts[1])
    )


def any_text() -> st.SearchStrategy[str]:
    """Return a Dockerfile, noise, or a text of any characters at all."""
    return st.one_of(documents(), noise(), st.text(st.characters()))
