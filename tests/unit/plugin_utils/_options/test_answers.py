# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a survey, ``-e name=value`` or a file gives for a variable, and what that stands for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.plugin_utils._options.answers import MOST_YAML, read, read_all

TEXT = {"type": "str", "default": "as it was"}
CHOICE = {"type": "str", "choices": ["", "off", "warn", "strict"], "default": "warn"}
FLAG = {"type": "raw", "default": True}
WHOLE = {"type": "raw", "default": 90}
NUMBER = {"type": "raw", "default": 900.0}
NAMES = {"type": "list", "elements": "str", "default": ["*"]}
SIZES = {"type": "list", "elements": "raw", "default": ["5%"]}
ROWS = {"type": "raw", "default": []}
MEMBERS = {
    "retries": {"type": "int"},
    "share": {"type": "float"},
    "careful": {"type": "bool"},
    "alias": {"type": "str"},
}
MEMBERS |= {"means": {"type": "list", "elements": "float"}, "classes": {"type": "list", "elements": "str"}}
SETTINGS = {"type": "raw", "default": {}, "options": MEMBERS}
SURVEY_LIST = "Shop Amsterdam\r\n\n  Depot, east \n"


@pytest.mark.parametrize("text", ["no", "1e3", "0000", "null", "~", "[1]", "{a: b}", "a,b", " x ", "{{ 7*7 }}", "'"])
def test_a_text_is_never_read(text: str) -> None:
    assert read("v", text, TEXT) == read("v", text, {"type": "path"}) == text


@pytest.mark.parametrize(
    ("spec", "given", "found"),
    [
        (TEXT, 2026.48, "2026.48"),
        (TEXT, 7, "7"),
        (CHOICE, "strict", "strict"),
        (CHOICE, False, "off"),  # which YAML makes of the word
        (CHOICE, "False", "off"),  # and ansible-core before 2.19 of that
        (FLAG, "no", False),
        (FLAG, "True", True),
        (FLAG, 0, False),
        (WHOLE, "25", 25),
        (WHOLE, " 25\n", 25),
        (WHOLE, 25.0, 25),
        (NUMBER, "0.5", 0.5),
        (NUMBER, "1e3", 1000.0),
        (NUMBER, 5, 5.0),
        (NAMES, SURVEY_LIST, ["Shop Amsterdam", "Depot, east"]),
        (NAMES, "Door, left", ["Door, left"]),
        (NAMES, '["Door, left", "Yard"]', ["Door, left", "Yard"]),
        (NAMES, "[Door]", ["[Door]"]),  # a name may look like this
        (NAMES, "[1, 2]", ["[1, 2]"]),
        (NAMES, ["Door", 7], ["Door", "7"]),
        (NAMES, 7, ["7"]),
        (NAMES, [], []),
        (SIZES, "25", ["25"]),
        (SIZES, 25, [25]),
        (SIZES, "5%, 25%", ["5%", "25%"]),
        (SIZES, "5%\n site_shop_001 \n", ["5%", "site_shop_001"]),
        (SIZES, '[10, "5%"]', [10, "5%"]),
        (SIZES, "[5%, 25%]", ["5%", "25%"]),
        (SIZES, "- 3\n- 100%", [3, "100%"]),
        (ROWS, '[{"model": "A", "nms": 0.5}]', [{"model": "A", "nms": 0.5}]),
        (ROWS, "- model: A\n  nms: 0.5\n", [{"model": "A", "nms": 0.5}]),
        (ROWS, "[{model: A}]", [{"model": "A"}]),
        (ROWS, [{"model": "{{ 7*7 }}"}], [{"model": "{{ 7*7 }}"}]),
        (ROWS, {}, []),
        (SETTINGS, '{"retries": "3", "share": "0.5"}', {"retries": 3, "share": 0.5}),
        (SETTINGS, "careful: yes\nalias: '0000'", {"careful": True, "alias": "0000"}),
        (
            SETTINGS,
            {"means": [0, "0.5"], "classes": "one\ntwo, 2"},
            {"means": [0.0, 0.5], "classes": ["one", "two, 2"]},
        ),
        (SETTINGS, {"retries": None, "share": "", "alias": ""}, {"alias": ""}),
        (SETTINGS, [], {}),
    ],
)
def test_what_it_stands_for(spec: dict[str, Any], given: Any, found: Any) -> None:
    made = read("v", given, spec)
    assert made == found and type(made) is type(found)


@pytest.mark.parametrize("spec", [TEXT, CHOICE, FLAG, WHOLE, NUMBER, NAMES, SIZES, ROWS, SETTINGS])
def test_what_is_empty_is_not_set(spec: dict[str, Any]) -> None:
    assert read("v", "", spec) == read("v", None, spec) == spec["default"]
    if spec not in (TEXT, CHOICE):
        assert read("v", " \n", spec) == spec["default"]
    with pytest.raises(BadInput, match="v: is not set"):
        read("v", "", {**spec, "required": True})


def test_a_default_cannot_be_changed_by_who_gets_it() -> None:
    read("v", "", NAMES).append("Shop 2")
    assert read("v", "", NAMES) == ["*"]


@pytest.mark.parametrize(
    ("spec", "given", "said"),
    [
        (TEXT, True, "is True: give a text, in quotes"),
        (TEXT, ["a"], "a text"),
        (CHOICE, "stop", "is 'stop': give one of off, warn, strict"),
        (FLAG, "perhaps", "is 'perhaps': give true or false"),
        (FLAG, 2, "true or false"),
        (WHOLE, "many", "a whole number, such as 90"),
        (WHOLE, "1_0", "a whole number"),
        (WHOLE, 2.5, "a whole number"),
        (WHOLE, True, "a whole number"),
        (NUMBER, "nan", "a number, such as 900.0"),
        (NUMBER, "1e999", "a number"),
        (NAMES, {"a": 1}, "one name on each line"),
        (NAMES, [None], "one name on each line"),
        (NAMES, True, "one name on each line"),
        (SIZES, "[5%", "numbers, shares or names"),
        (SIZES, [[5]], "numbers, shares or names"),
        (ROWS, "Person detector", "is 'Person detector': give a list of dictionaries, in JSON or YAML"),
        (ROWS, '["Person detector"]', "a list of dictionaries"),
        (ROWS, "[{model: A", "not plain YAML"),
        (ROWS, "- &a {x: *a}", "an alias or a tag"),
        (SETTINGS, "{a: 1, alias: b}", "give no a, but only retries, share"),
        (SETTINGS, {"retries": "x"}, "for retries a whole number, and not 'x'"),
        (SETTINGS, "- a", "a dictionary, in JSON or YAML"),
    ],
)
def test_what_stands_for_nothing_is_an_error_with_words(spec: dict[str, Any], given: Any, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read("pipeline_rollout_x", given, spec)
    assert caught.value.tried == "pipeline_rollout_x" and said in caught.value.answer
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


def test_a_text_without_end_is_refused() -> None:
    for text, said in (("[" * 5000, "nested more than 100 deep"), ("- a: " + "x" * MOST_YAML, "more than 8 MiB")):
        with pytest.raises(BadInput) as caught:
            read("v", text, ROWS)
        assert said in caught.value.answer and len(str(caught.value)) < 400


def test_what_cannot_be_shown_is_shown_as_an_escape() -> None:
    with pytest.raises(BadInput) as caught:
        read("v", {"\x1b[31m": "\u202e"}, ROWS)
    assert str(caught.value).isprintable()


def test_values_that_nest_without_end_are_refused() -> None:
    deep: Any = []
    for _level in range(200):
        deep = [deep]
    with pytest.raises(BadInput, match="less than 100 lists"):
        read("v", deep, ROWS)


def test_all_that_is_wrong_is_said_at_once() -> None:
    declared = {"r_keep": WHOLE, "r_name": {"type": "str", "required": True}, "r_sites": NAMES}
    with pytest.raises(BadInput) as caught:
        read_all("r", declared, {"r_keep": "all", "r_sites": "Shop 1"})
    assert str(caught.value).startswith(
        "Read the variables of r: r_keep is 'all': give a whole number, such as 90; r_name is not set, and has to be."
    )
    assert read_all("r", declared, {"r_name": "x"}) == {"r_keep": 90, "r_name": "x", "r_sites": ["*"]}


def test_the_text_of_all_cameras_is_read() -> None:
    rows = [{"site": "Shop", "devices": [f"{{{number:036}}}"], "pipelines": []} for number in range(10_000)]
    assert read("v", json.dumps(rows), ROWS) == rows
