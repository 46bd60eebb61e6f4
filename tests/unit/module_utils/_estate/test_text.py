# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of an estate: what is written is what is read, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._core.plain_yaml import plain_yaml
from ansible_collections.nxai.cloud.plugins.module_utils._estate.text import yaml_text

LINES = st.lists(st.text(alphabet=" ab-#:|'\"\t\\{}\u00a0\u2028é🎥"), max_size=4).map("\n".join)
TEXTS = st.one_of(
    st.text(), LINES, st.sampled_from(["1e5", "1_0", "0x1f", "0o7", "1:30", "2026-11-27", "=", "<<", "~"])
)
NUMBERS = st.one_of(st.integers(1 - 10**39, 10**39 - 1), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def read(text: str) -> Any:
    return plain_yaml(text.encode("utf-8"), "read it", "", "")


@settings(max_examples=400)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
@example({"a": [[], [[]], [{}], {"b": []}]})
@example({"x" * 2000: {"é" * 1500: "x" * 5000}, "a": [{"y" * 1200: 1}]})
@example({"a": "# A\n\n  indented\n- it's\n", "b": "a\n\n", "c": "\na", "d": " a\nb", "e": "a \nb", "f": "a\n b"})
@example({"a": "\ud800", "b": [1e-7, 1e22, 5e-324, -0.0, 1.0]})
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    found = read(yaml_text({"all": document}))["all"]
    assert json.dumps(found) == json.dumps(document)  # 1 is not 1.0, and not true


@settings(max_examples=100)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_there_is_nothing_in_it_that_a_terminal_or_git_would_obey(document: dict[str, Any]) -> None:
    text = yaml_text(document)
    assert all(line.isprintable() for line in text.split("\n"))
    text.encode("utf-8")


def test_it_reads_well() -> None:
    document = {
        "text": "# Title\n\nA line.\n", "id": "264a00f8-5946-5e62-9aca-71a8d748af2d", "no": "no", "none": None,
        "list": [{"a": 1, "b": [0.5, 2]}, "Person detector@7", []], "{x}": {"yes": True},
    }  # fmt: skip
    expected = """---
text: |
  # Title

  A line.
id: 264a00f8-5946-5e62-9aca-71a8d748af2d
"no": "no"
none: null
list:
  - a: 1
    b: [0.5, 2]
  - Person detector@7
  - []
"{x}":
  "yes": true
"""
    assert yaml_text(document) == expected
    assert yaml.safe_load(expected) == document


@pytest.mark.parametrize(
    "word", ["y", "N", "on", "Null", ".inf", "012", "+1", "0b1", "a:", "a ", "@a", "`a", "%a", "!a"]
)
def test_a_text_that_others_take_for_something_else_is_in_quotes(word: str) -> None:
    assert yaml_text({"a": word}) == f'---\na: "{word}"\n'
