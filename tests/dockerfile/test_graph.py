"""What references mean: names and numbers, arguments, platforms and targets that are not known yet."""

from __future__ import annotations

import pytest

from dfrender.dockerfile.candidates import ANY, Candidates
from dfrender.dockerfile.graph import number
from tests.reading import graph_of


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('FROM a\nFROM ""', id="nothing in quotes"),
        pytest.param("FROM a\nFROM $UNSET", id="a variable that is not set"),
        pytest.param("ARG A=\nFROM a\nFROM $A", id="an empty variable"),
    ],
)
def test_a_stage_without_a_name_is_not_what_is_meant_by(text: str) -> None:
    graph = graph_of(text)
    assert [edge.stages for edge in graph.bases] == [(), ()]
    assert graph.root(1) == graph.bases[1]


def test_the_platform_of_a_stage_is_that_of_the_image_that_it_begins_from() -> None:
    graph = graph_of("FROM --platform=$BUILDPLATFORM a\nFROM --platform=x $NOTHING AS b\nFROM b AS c\nFROM c")
    assert [graph.platform(stage) for stage in range(4)] == ["$BUILDPLATFORM", "x", "x", "x"]
    assert graph.roots == (0, 1, 1, 1)


def test_where_the_platform_decides_about_the_base_there_is_no_telling_which_is_built_for() -> None:
    graph = graph_of("FROM --platform=x a AS b-amd64\nFROM --platform=y a AS b-arm64\nFROM b-$TARGETARCH AS c\nFROM c")
    assert [graph.platform(stage) for stage in range(4)] == ["x", "y", "", ""]
    assert graph.roots == (0, 1, 2, 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("+7", 7),
        ("-7", -7),
        ("007", 7),
        ("0" * 5000 + "7", 7),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
        ("9" * 5000, None),
        ("", None),
        ("1_0", None),
        ("\u0661", None),
    ],
    ids=ascii,
)
def test_a_number_is_one_of_64_bits(text: str, value: int | None) -> None:
    assert number(text) == value


def test_a_number_that_is_too_large_is_a_name() -> None:
    digits = "9" * 5000
    graph = graph_of(f"FROM a\nCOPY --from={digits} x y")
    assert not graph.edges[1].is_index
    assert graph.edges[1].image == digits


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("ARG B\nARG A=${B:?m}", None, id="that asks for another"),
        pytest.param("ARG A=1\nARG B\nARG A=${B:?m}", None, id="that asks for another, though it had one above"),
        pytest.param("ARG A=${A:?m}", None, id="that asks for itself"),
        pytest.param("ARG B=2\nARG A=${B:?m}", "2", id="that asks for one with a default"),
        pytest.param(f"ARG B={'b' * 40_000}\nARG A=$B$B", None, id="that is too long"),
    ],
)
def test_the_value_of_an_argument(text: str, value: str | None) -> None:
    assert graph_of(f"{text}\nFROM a").args.get("A") == value


def test_a_default_is_not_looked_at_where_the_argument_is_given() -> None:
    graph = graph_of("ARG A=${NOTHING:?m}\nFROM $A", {"A": "given"})
    assert graph.bases[0].image == "given"
    assert [word.fault for _, word in graph.defaults] == [""]


def test_words_of_elsewhere_are_expanded_like_those_of_a_from() -> None:
    variables = graph_of("ARG A=1\nARG B\nFROM a").variables()
    assert variables.expand("$A${B?m}").text == "1"
    assert variables.expand("${C?m}").fault == "C: m"


ABOVE = "FROM a AS x-amd64\nFROM a AS x-arm64\nFROM a AS y\nFROM a\nFROM a AS x-arm64\n"


@pytest.mark.parametrize(
    ("base", "stages"),
    [
        pytest.param("x-$TARGETARCH", (0, 4), id="of several, each the last of its name"),
        pytest.param("$TARGETOS-x", (), id="none"),
        pytest.param("${TARGETARCH}", (0, 2, 4), id="any"),
        pytest.param("y$TARGETVARIANT", (2,), id="the same on every platform"),
        pytest.param("x-$BUILDARCH$BUILDVARIANT", (0, 4), id="by two variables"),
        pytest.param("${TARGETOS}m${TARGETARCH}", (0, 4), id="by what stands between two"),
        pytest.param("x-a${TARGETOS}m6${TARGETARCH}4", (4,), id="by start and end"),
        pytest.param("$TARGETSTAGE", (0, 2, 4), id="for another target"),
        pytest.param("x${TARGETARCH}y", (), id="none, though one begins so and one ends so"),
        pytest.param("x-amd64", (0,), id="without a variable"),
    ],
)
def test_a_base_may_be_other_stages_elsewhere(base: str, stages: tuple[int, ...]) -> None:
    graph = graph_of(f"{ABOVE}FROM {base}")
    assert tuple(sorted(graph.bases[5].stages)) == stages


def test_the_target_is_named_default_where_none_is_asked_for() -> None:
    graph = graph_of("FROM a AS b-default\nFROM b-$TARGETSTAGE")
    assert graph.bases[1].stage == 0


def test_all_is_needed_where_too_much_would_have_to_be_looked_at() -> None:
    many = "".join(f"FROM a AS s{index}\n" for index in range(500))
    graph = graph_of(many + "FROM s$TARGETARCH\n" * 500)
    assert not graph.complete
    assert graph.bases[500].elsewhere == tuple(range(500))
    assert graph.bases[999].elsewhere == ()
    assert graph.needs(999) == list(range(1000))


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        (f"a{ANY}", True),
        (f"{ANY}c", True),
        (f"a{ANY}c", True),
        (f"ab{ANY}bc", False),
        (f"{ANY}b{ANY}", True),
        (f"{ANY}b{ANY}b{ANY}", False),
        (f"{ANY}{ANY}", True),
        (f"abc{ANY}", True),
        (f"a{ANY}bc", True),
        (f"ab{ANY}c{ANY}c", False),
    ],
)
def test_the_parts_of_a_pattern_stand_one_behind_another(pattern: str, fits: bool) -> None:  # noqa: FBT001
    above = Candidates()
    above.add("abc", 0)
    assert above.matching(pattern) == [0] * fits


def test_a_value_is_doubtful_where_it_hangs_on_what_is_not_known() -> None:
    graph = graph_of(
        "ARG A=$NOTHING\nARG B=${A}x\nARG C=1\nARG D=$C\nARG E=${C:=2}\nARG B2=$B\nARG A2=$A\nARG A2=1\nFROM a"
    )
    assert graph.doubtful == {"A", "B", "B2", "E"}


SCRATCH = "FROM a AS scratch\nFROM b AS c\nRUN {}true\nFROM d\n"


@pytest.mark.parametrize(
    ("mounts", "texts"),
    [
        pytest.param("", [], id="there is none"),
        pytest.param("--mount=type=bind,target=/x ", [""], id="there is one"),
        pytest.param("--mount=from=,target=/x ", [""], id="it takes from the context expressly"),
        pytest.param("--mount=type=Cache,target=/x ", ["scratch"], id="it is a cache"),
        pytest.param("--mount=type=cache,from=a,target=/x ", [], id="it has a source"),
        pytest.param("--mount=type=cache --mount=type=secret ", ["scratch", ""], id="there are two"),
    ],
)
def test_mounts_without_a_source_need_the_stage_scratch_where(mounts: str, texts: list[str]) -> None:
    graph = graph_of(SCRATCH.format(mounts))
    assert [(edge.reference.text, edge.stage, edge.reference.stage) for edge in graph.implied] == [
        (text, 0, 1) for text in texts
    ]
    assert graph.needs(1) == ([0, 1] if texts else [1])
    assert (0 in graph.unreferenced) == (not texts)


def test_without_a_stage_scratch_a_mount_without_a_source_needs_none() -> None:
    assert graph_of("FROM b AS c\nRUN --mount=type=cache,target=/x true").implied == ()


def test_a_trigger_with_a_mount_without_a_source_needs_the_stage_scratch_where_it_runs() -> None:
    graph = graph_of("FROM a AS scratch\nFROM b AS c\nONBUILD RUN --mount=target=/x true\nFROM c")
    assert [graph.needs(stage) for stage in (1, 2)] == [[1], [0, 1, 2]]
