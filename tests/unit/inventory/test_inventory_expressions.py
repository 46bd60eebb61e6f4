# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions give what ansible-core's own evaluation gives: value, type and trust, or an error; only more seldom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible import template
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_estate import HOSTILE, described

from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.constructed import FastConstructable
from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.evaluator import Evaluator
from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.expression import Expression
from ansible_collections.nxai.cloud.plugins.plugin_utils._expressions.untrusted import TAGS, never_template

Own = Callable[[Any, Mapping[str, Any]], Any]
KINDS = ("evaluate", "key", "holds", "fill")


class Plugin(FastConstructable, BaseInventoryPlugin):
    """As little of an inventory plugin as evaluates expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.parse(None, DataLoader(), "")

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return False

    def own(self, kind: str) -> Own:
        """ansible-core's evaluation of such an expression."""
        return {
            "evaluate": super(FastConstructable, self)._compose,
            "key": self._own_key,
            "holds": self._own_condition,
            "fill": self._own_template,
        }[kind]


def trusted(source: Any) -> Any:
    return template.trust_as_template(source) if TAGS and isinstance(source, str) else source


def outcome(evaluate: Own, source: Any, variables: Mapping[str, Any]) -> Any:
    try:
        return described(evaluate(source, variables))
    except Exception as error:  # ansible-core documents none
        return "error", type(error).__name__


NAMES = ["a", "b", "n", "flag", "nothing", "many", "record", "absent", "lookup", "inventory_hostname"]
TEXT = st.sampled_from(["Cam", "Cam (1)", "", "4.2.0", "True", "7", *HOSTILE, "{00000001-aaaa-4000-8000-000000000000}"])
SCALAR = st.one_of(TEXT, st.integers(-3, 3), st.booleans(), st.none(), st.just(0.42))
PIPELINE = st.fixed_dictionaries({"model": TEXT, "nms": SCALAR, "chains": st.just([])})
HOST = st.fixed_dictionaries(
    {
        "a": TEXT,
        "b": TEXT,
        "n": st.integers(-3, 3),
        "flag": st.one_of(st.booleans(), st.none()),
        "nothing": st.none(),
        "many": st.lists(PIPELINE, max_size=2),
        "record": st.dictionaries(st.sampled_from(["Name", "Owner", "Server"]), SCALAR),
    }
)
CONSTANT = st.sampled_from(["'Cam'", "''", "0", "2", "1.5", "true", "none", "'{{ a }}'", "'a\\n'"])
LEAF = st.one_of(st.sampled_from(NAMES), CONSTANT, st.sampled_from(["record.Name", "record['Owner']", "many[0].model"]))


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ["==", "!=", "<", ">=", "in", "not in", "and", "or", "~", "+"]
    suffixes = [
        *(" | length", " | lower", " | upper", " | trim", " | default('x')", " | default('x', true)", " | list"),
        *(" is defined", " is undefined", " is none", ".Name", "[0]", "['Name']", ".split(' ')", ".startswith('C')"),
        *(" | map(attribute='model') | list", " | join('-')", " | int", "[1:]", " | sort", ".replace('C', 'K')"),
    ]
    return st.one_of(
        st.tuples(inner, st.sampled_from(operators), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, st.sampled_from(suffixes)).map(lambda parts: f"({parts[0]}){parts[1]}"),
        inner.map(lambda part: f"not {part}"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        st.lists(inner, max_size=2).map(lambda parts: f"[{', '.join(parts)}]"),
    )


EXPRESSION = st.recursive(LEAF, _deeper, max_leaves=4)
TEMPLATE = st.lists(st.one_of(EXPRESSION.map(lambda part: f"{{{{ {part} }}}}"), st.sampled_from([" / ", "x", "\n"])))


@settings(max_examples=250)
@given(st.sampled_from(KINDS), EXPRESSION, TEMPLATE.map("".join), st.lists(HOST, min_size=3, max_size=3))
def test_the_fast_way_agrees_with_ansible_on_random_data_and_expressions(
    kind: str, expression: str, text: str, hosts: list[dict[str, Any]]
) -> None:
    plugin = Plugin()
    source = trusted(text if kind == "fill" else expression)
    for host in hosts:
        variables = {**never_template(host), "inventory_hostname": "h"}
        assert outcome(getattr(plugin, kind), source, variables) == outcome(plugin.own(kind), source, variables)


@pytest.mark.parametrize(
    "expression",
    [
        "lookup('ansible.builtin.pipe', 'echo') ~ a",
        "query('ansible.builtin.env', a)",
        "now().year",
        "[a, 'b'] | random",
        "[a] | map('random')",
        "many | selectattr('model', a)",
        "vars['a']",
        "a.format(b)",
        "'{{ a }}'",
        "a ~ '\\\\'",
        "a | no_such_filter",
    ],
)
def test_what_may_differ_for_the_same_values_is_evaluated_for_each_host(expression: str) -> None:
    asked = []
    evaluator = Evaluator(lambda source, variables: asked.append(source))
    for _host in range(3):
        evaluator(expression, {"a": "Cam", "b": "x", "many": []})
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("evaluate", "nxai_server_name ~ '.example.com'"),
        ("evaluate", "nxai_device_name"),
        ("evaluate", "nxai_raw.Server.Name"),
        ("holds", "nxai_device_name == 'Cam 7'"),
        ("holds", "nxai_number > 7"),
        ("holds", "nxai_pipelines | length > 1"),
        ("fill", "{{ nxai_server_name }} / {{ nxai_device_name }}"),
    ],
)
def test_simple_expressions_are_evaluated_by_ansible_once(kind: str, expression: str) -> None:
    assert _times_asked(kind, expression) == 1


@pytest.mark.parametrize(
    ("kind", "expression", "times"),
    [
        ("evaluate", "nxai_pipelines | map(attribute='model') | list", 1),
        ("evaluate", "nxai_pipelines | map(attribute='model') | join(' ')", 3),
        ("evaluate", "nxai_server_name.split(' ')[0]", 2),
        ("evaluate", "nxai_server_name | lower", 2),
        ("evaluate", "nxai_hostile | lower", 3),
        ("fill", "{{ nxai_hostile | lower }}", 3),
        ("evaluate", "nxai_server_name | regex_replace(' ', '')", 2),
        ("evaluate", "no_such_variable", 1),
        ("holds", "nxai_server_name is match('Server')", 2),
        ("holds", "nxai_server_name.startswith('S') and not nxai_pipelines | length > 3", 6),
        ("holds", "nxai_server_name in ['Server 1'] or nxai_hostile is search('7')", 6),
    ],
)
def test_others_are_evaluated_by_ansible_once_for_the_same_values(kind: str, expression: str, times: int) -> None:
    assert _times_asked(kind, expression) == times


def _times_asked(kind: str, expression: str) -> int:
    """How often ansible-core evaluates it for twelve devices on two servers with up to two pipelines."""
    plugin = Plugin()
    asked = 0

    def own(source: Any, variables: Mapping[str, Any]) -> Any:
        nonlocal asked
        asked += 1
        return plugin.own(kind)(source, variables)

    evaluator: Evaluator = getattr(plugin, kind)
    evaluator._own = own
    for number in range(12):
        server = f"Server {number % 2}"
        host = {
            "nxai_device_name": f"Cam {number}",
            "nxai_server_name": server,
            "nxai_number": number,
            "nxai_hostile": ["{{ 7*7 }}", "Cam (2)", "lookup('pipe', 'id')"][number % 3],
            "nxai_pipelines": [{"model": "m"}] * (number % 3),
            "nxai_raw": {"Server": {"Name": server}},
        }
        try:
            evaluator(trusted(expression), never_template(host))
        except Exception:
            assert expression == "no_such_variable"
    return asked


def test_a_result_is_a_list_of_its_own_for_each_host() -> None:
    evaluator = Evaluator(lambda source, variables: [variables["a"]])
    first, second = (evaluator("[a] | list", {"a": "Cam"}) for _host in range(2))
    assert first == second
    assert first is not second


@pytest.mark.skipif(not TAGS, reason="before ansible-core 2.19, it makes each list itself")
@pytest.mark.parametrize("expression", ["many", "record.Names", "many | map(attribute='names') | list"])
def test_a_variable_and_what_is_composed_of_it_are_not_one_list(expression: str) -> None:
    plugin = Plugin()
    for _host in range(2):
        names = ["Cam"]
        found = plugin.evaluate(trusted(expression), {"many": [{"names": names}], "record": {"Names": names}})
        names.append("changed")
        assert "changed" not in str(found)


def test_where_a_first_result_differs_from_ansibles_no_other_is_trusted() -> None:
    evaluator = Evaluator(lambda source, variables: "what a filter of somebody's own called lower gives")
    results = [evaluator("a | lower", {"a": text}) for text in ("Cam", "Door", "Yard")]
    assert len(set(results)) == 1


@pytest.mark.skipif(TAGS, reason="ansible-core 2.19 and newer have one kind of Jinja")
def test_the_fast_way_agrees_with_ansible_where_jinja_is_told_to_be_native(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible.constants.DEFAULT_JINJA2_NATIVE", True)
    plugin = Plugin()
    found = [plugin.evaluate("a ~ b", {"a": text, "b": "1"}) for text in ("Cam", "7")]
    assert found == [plugin.own("evaluate")("a ~ b", {"a": text, "b": "1"}) for text in ("Cam", "7")] == ["Cam1", 71]


def test_a_key_that_is_called_like_a_method_is_left_to_ansible() -> None:
    assert Expression("record.items").native is None
    assert Expression("record.Name").native is not None


def test_the_methods_of_ansible_that_this_stands_on_are_there() -> None:
    assert issubclass(FastConstructable, Constructable)
    for name in ("_compose", "_add_host_to_keyed_groups"):
        assert callable(getattr(Constructable, name))
