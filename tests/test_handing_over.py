"""Every stage handed over as an image, read by a parser that is not ours; and nothing handed over changes nothing."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

import pytest
from e2b_dockerfile_utils import parse_dockerfile_ast
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import Case, load_cases
from tests.reading import result_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn


class Source(NamedTuple):
    """A Dockerfile whose stages are ``s0``, ``s1`` and so on, and what its references mean, in its order."""

    text: str
    meanings: list[str]


@st.composite
def sources(draw: DrawFn) -> Source:
    """Give stages that begin from images and from each other, and take files by name, index and mount."""
    lines: list[str] = []
    meanings: list[str] = []
    for number in range(draw(st.integers(1, 5))):
        base = draw(st.integers(-1, number - 1))
        meanings.append("alpine:3.22" if base < 0 else f"s{base}:ci")
        keyword = draw(st.sampled_from(["FROM", "from"]))
        lines.append(f"{keyword} {'alpine:3.22' if base < 0 else f's{base}'} AS S{number}")
        for source in draw(st.lists(st.integers(0, number - 1), max_size=3)) if number else []:
            lines.append(draw(st.sampled_from(_TAKES)).format(name=f"s{source}", index=source))
            meanings.append(f"s{source}:ci")
        lines += draw(st.lists(st.sampled_from(["# s0", "RUN echo --from=s0", "RUN <<E\nFROM s0\nE", ""]), max_size=2))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return Source(end.join("\n".join(lines).split("\n")) + draw(st.sampled_from(["", end])), meanings)


_TAKES = (
    "COPY --from={name} /a /a",
    'COPY --link --from="{name}" /a /a',
    "copy --from={index} /a /a",
    "COPY --fr\\\nom=S{index} \\\n# --from=s9\n\n  /a /a",
    "RUN --mount=type=bind,from={name},target=/m true",
    "RUN --mount=target=/m,FROM='{name}' --network=none true",
)


def named_elsewhere(text: str) -> list[str]:
    """Give what FROM, --from and mounts name, as another parser reads it, but for the alias stages."""
    found: list[str] = []
    for instruction in parse_dockerfile_ast(text).instructions:
        if instruction.name == "FROM" and not instruction.args[-1].endswith("-image"):
            found.append(instruction.args[0])
        for flag in instruction.flags:
            name, _, value = flag.partition("=")
            options = next(csv.reader([value])) if name == "--mount" else [f"from={value}"] if name == "--from" else []
            found += [each[len("from=") :] for each in options if each.lower().startswith("from=")]
    return found


@pytest.mark.parametrize("style", ["image", "arg"])
@given(source=sources())
def test_every_stage_is_an_image_to_another_parser(style: str, source: Source) -> None:
    stages = source.text.count(" AS S")
    names = ", ".join(f"s{number}" for number in range(stages))
    profile = f"prebuilt: [{names}]\nstyle: {style}\ntag: ci\n"
    output = result_of(source.text, profile, "Dockerfile").text
    images = {f"${{S{number}_IMAGE}}": f"s{number}:ci" for number in range(stages)}
    images |= {f"s{number}-image": f"s{number}:ci" for number in range(stages)}
    assert [images.get(name, name) for name in named_elsewhere(output)] == source.meanings


@given(source=sources())
def test_an_empty_profile_changes_no_byte(source: Source) -> None:
    assert result_of(source.text, file="Dockerfile").text == source.text


@pytest.mark.parametrize("case", [pytest.param(each, id=each.id) for each in load_cases() if not each.is_refused])
def test_an_empty_profile_changes_no_byte_of_a_case(case: Case) -> None:
    assert result_of(case.input, file="Dockerfile").text == case.input
