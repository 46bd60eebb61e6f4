# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits on data from outside: compression, JSON, depth, numbers, and patterns that meet a megabyte of the worst."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.filter import releases
from ansible_collections.nxai.cloud.plugins.module_utils._api.records import records
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline, models_of
from ansible_collections.nxai.cloud.plugins.module_utils._core import values
from ansible_collections.nxai.cloud.plugins.module_utils._core.limits import (
    MOST_DEPTH,
    MOST_NAMES,
    MOST_VALUES,
    Memory,
    TooLarge,
    inflated,
    is_deep,
    read_json,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.redaction import Redactor
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.openapi import comparison
from ansible_collections.nxai.cloud.plugins.module_utils._http import answer, operation
from ansible_collections.nxai.cloud.plugins.module_utils._onnx.graph import outputs as tensors
from ansible_collections.nxai.cloud.plugins.module_utils._rollout import waves
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.page import parts
from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions import plain
from ansible_collections.nxai.cloud.plugins.plugin_utils._inventory import names
from tools.cost import MOST_MEMORY, cost_of


def nested(depth: int) -> Any:
    made: Any = []
    for number in range(depth - 1):
        made = [made] if number % 2 else {"x": made}
    return made


def test_what_was_compressed_comes_out() -> None:
    assert inflated(zlib.compress(b"text"), 4) == b"text"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zlib.compress(b"texts"), "it unpacks to more than 0 MiB"),
        (zlib.compress(b"text")[:-1], "cut short"),
        (zlib.compress(b"text") + b"x", "something follows it"),
        (zlib.compress(b"text") * 2, "something follows it"),
        (b"", "cut short"),
        (b"text", "header"),
    ],
)
def test_what_is_not_whole_or_too_large_does_not(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        inflated(data, 4)


def test_json_up_to_the_limits_is_read() -> None:
    assert read_json(json.dumps(nested(MOST_DEPTH)).encode()) == nested(MOST_DEPTH)
    assert len(read_json(b"[" + b"0," * (MOST_VALUES - 1) + b"0]")) == MOST_VALUES


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(nested(MOST_DEPTH + 1)).encode(),
        b"[" * 200_000,
        b"[" + b"0," * MOST_VALUES + b"0]",
        ("[" + "0," * MOST_VALUES + "0]").encode("utf-16"),
    ],
)
def test_json_past_a_limit_is_not(text: bytes) -> None:
    with pytest.raises(TooLarge, match="more than"):
        read_json(text)


def objects_of(names: int) -> bytes:
    """Enough for the names to be looked at."""
    members = (b'{"a%x\\"":1,"long":"%s"},' % (number % names, b"x" * 1500) for number in range(25_000))
    return b"[%s0]" % b"".join(members)


def test_names_of_members_are_counted_once() -> None:
    assert len(read_json(objects_of(MOST_NAMES - 1))) == 25_001
    with pytest.raises(TooLarge, match="members of more than 20,000 names"):
        read_json(objects_of(MOST_NAMES + 1))


@pytest.mark.parametrize(
    ("text", "each", "data"),
    [
        ('"aaaa"', 1, 0),
        ('"\u00e9\u4e2d"', 2, 0),
        (r'"a\u00e9"', 2, 0),
        ('"a\U0001f600"', 4, 0),
        (r'"a\ud83d\ude00"', 4, 0),
        (r'"a\uD83D\uDE00"', 4, 0),
        ('[{"NxID":1},{}]', 1, 96 + 2 * 256 + 80),
    ],
)
def test_the_memory_of_a_text_and_its_data(text: str, each: int, data: int) -> None:
    content = text.encode()
    found = Memory.of(content)
    assert (found.text, found.data) == (each * len(content), each * len(content) + data)


def test_an_id_in_braces_is_no_object() -> None:
    content = b"[" + b'{"NxID":"{1}"},' * 250_000 + b"0]"
    assert Memory.of(content).data == len(content) + 96 + 250_000 * (256 + 80)


LARGEST = {
    "a wide text": """b'"' + b"x" * (26 << 20) + "\U0001f600".encode() + b'"'""",
    "a text with an escape": r"""b'"' + b"x" * (26 << 20) + rb'\ud83d\ude00"'""",
    "objects in objects": """b"[" + (b'{"a":' * 90 + b"0" + b"}" * 90 + b",") * 9_000 + b"0]" """,
    "objects with a member": """b"[" + b'{"a":0},' * 600_000 + b"0]" """,
    "many texts": """b"[" + b'"ab",' * 1_990_000 + b"0]" """,
    "names": """b"{" + b",".join(b'"%x":"ab"' % each for each in range(600_000)) + b"}" """,
}


@pytest.mark.parametrize("kind", LARGEST)
def test_nothing_that_is_read_takes_more_than_it_may(kind: str) -> None:
    """Just within the limit, or past it."""
    found = cost_of(
        f"""
import ansible.executor.task_executor  # as a task has it in memory
from ansible_collections.nxai.cloud.plugins.module_utils._core.limits import Memory, as_text, parsed
content = {LARGEST[kind].strip()}
text = as_text(content, Memory.of(content))
del content
data = parsed(text)
"""
    )
    past = "TooLarge: its objects have members of more than 20,000 names" if kind == "names" else "nothing"
    assert found.said == past and found.mebibytes < MOST_MEMORY, found


@pytest.mark.parametrize(("depth", "deep"), [(MOST_DEPTH, False), (MOST_DEPTH + 1, True), (5000, True)])
def test_depth(depth: int, deep: bool) -> None:
    assert is_deep(nested(depth)) is deep


def test_a_number_that_no_float_can_hold_is_none() -> None:
    assert values.number(10**400) is None and values.number(-(10**400)) is None
    assert values.number(10**300) == 10**300


def test_a_chain_200_deep_is_read_renamed_and_compared() -> None:
    wire: dict[str, Any] = {"modelUUID": "0"}
    for level in range(200):
        wire = {"modelUUID": str(level + 1), "chains": [wire]}
    renamed = Pipeline(wire).with_models(lambda model: model + "b")
    assert models_of([Pipeline(wire)]) == [str(level) for level in range(200, -1, -1)]
    assert models_of([renamed]) == [f"{level}b" for level in range(200, -1, -1)]
    assert renamed != Pipeline(wire) and renamed.to_option()["model"] == "200b"


def test_models_come_in_the_order_in_which_they_are_written() -> None:
    wire = {"modelUUID": "1", "chains": [{"modelUUID": "2", "chains": [{"modelUUID": "3"}]}, {"modelUUID": "4"}]}
    assert models_of([Pipeline(wire)]) == ["1", "2", "3", "4"]


MEGABYTE = 1 << 20
PATTERNS: dict[str, Callable[[str], Any]] = {
    "redaction": Redactor().clean,
    "uuid": values.identity,
    "file mark": records.split_documentation,
    "one line": answer.one_line,
    "query name": operation._NAME.fullmatch,
    "path": operation._PATH.fullmatch,
    "places": operation._places,
    "class": tensors._CLASS.fullmatch,
    "media type": records._MIME.fullmatch,
    "shape of a path": comparison._shape,
    "alike": lambda text: comparison._alike(text, text),
    "renamed": lambda text: comparison._renamed(text, "/functions/{uuid}"),
    "folded": comparison._folded,
    "command": parts._with_code,
    "template": plain.TEMPLATE.search,
    "version": lambda text: releases.releases([{"name": f"A@1{text}"}], "A"),
    "age of a version": releases._age,
    "size of a wave": lambda text: (waves._COUNT.fullmatch(text), waves._SHARE.fullmatch(text)),
    "slug": names.slug,
    "active": names.ACTIVE.search,
    "address": names.is_address,
    "mark": names.mark,
}
PIECES = [
    "a", " ", "\n", "\r\n", "{", "{a", "}", "/", "/{a}", "{a}", "1", "1:", ";", " ;", "\0", "_", "-", ".", "x/",
    "://", "://a:", "://a:a", "bearer ", "bearer", "basic+", "Bearer%20", "nxcdb-", "eyJ", "eyJaaaaaaaaaa", "password",
    "password = ", "access_token\"  ", "mfaCode :", "<!-- nxai.cloud file sha256:", "\n<!-- nxai.cloud file", "-e ",
    "-e a", "f" * 64, "{%", "#jinja2:", "\u0661", "&#", "\ud83d\ude00",
]  # fmt: skip
HEADS = ["", "password", "password=", "bearer", "a/", "-e ", "1 :", "eyJ", "://", "{", "/", "."]


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long_for_a_megabyte(name: str) -> None:
    """Each piece again and again, after each head, with an end that makes a match fail."""
    slow = []
    for head in HEADS:
        for piece in PIECES:
            text = head + piece * (MEGABYTE // 64 // len(piece)) + "\x01"
            begin = time.process_time()
            PATTERNS[name](text)
            took = time.process_time() - begin
            if took > 0.05:  # for a part: what is not linear takes 64 times 64 times as long for the whole
                begin = time.process_time()
                PATTERNS[name](head + piece * (MEGABYTE // len(piece)) + "\x01")
                took = time.process_time() - begin
            if took > 1:
                slow.append((head, piece, took))
    assert slow == []
