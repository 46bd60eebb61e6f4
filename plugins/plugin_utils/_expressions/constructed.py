# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables and constructed groups for many hosts: what ansible-core's own methods do, in a fraction of the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.host import Host
from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.vars import combine_vars

from .evaluator import Evaluator, as_condition, fingerprint
from .untrusted import as_name

# What a host's own variables say of it, and its groups say of it later.
MAGIC = frozenset({"inventory_hostname", "inventory_hostname_short", "group_names"})
SELDOM = (100_000, 50, 1_000)  # the last means: in effect never
LARGE = 1_000  # hosts


@contextmanager
def seldom_collected(inventory: Any) -> Iterator[None]:
    """With the collector of cyclic garbage looking at what is new only, which is where templates leave theirs.

    By default it looks through the whole growing inventory again and again, and there is nothing to free in it. Nor is
    there afterwards, until an inventory is read anew, as ``meta: refresh_inventory`` does: a large one is passed over.
    """
    before = gc.get_threshold()
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        if len(inventory.hosts) > LARGE:
            gc.freeze()
        gc.set_threshold(*before)


class FastConstructable(Constructable):  # type: ignore[misc]  # of ansible's classes mypy knows nothing
    """``construct`` does what the three methods of ``Constructable`` do with the options of the same names."""

    inventory: Any
    _sanitize_group_name = staticmethod(
        lru_cache(maxsize=1 << 16)(lambda name: as_name(BaseInventoryPlugin._sanitize_group_name(name)))
    )

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        for name in ("_groups", "_keyed_groups", "_reads_own_variables_only"):
            self.__dict__.pop(name, None)  # of another inventory, should the plugin have read one

    @cached_property
    def store(self) -> VariableStore:
        return VariableStore()

    @cached_property
    def _groups(self) -> dict[str, Any]:
        """The groups of the option of that name, once a host is in them."""
        return {}

    @cached_property
    def _keyed_groups(self) -> dict[Any, list[Any]]:
        """The groups that each value of each key leads to."""
        return {}

    @cached_property
    def evaluate(self) -> Evaluator:
        """The value of an expression, as for ``compose`` and the keys of ``keyed_groups``."""
        return Evaluator(super()._compose)

    @cached_property
    def holds(self) -> Evaluator:
        """Whether a condition is true, as for ``groups``."""
        return Evaluator(self._own_condition, as_condition)

    @cached_property
    def fill(self) -> Evaluator:
        """A template with the variables filled in."""
        return Evaluator(self._own_template, is_template=True)

    def _own_condition(self, condition: Any, variables: Mapping[str, Any]) -> bool:
        self.templar.available_variables = variables
        if hasattr(self.templar, "evaluate_conditional"):  # ansible-core 2.19 and newer
            return bool(self.templar.evaluate_conditional(condition))
        return bool(boolean(self.templar.template(f"{{% if {condition} %}} True {{% else %}} False {{% endif %}}")))

    def _own_template(self, template: Any, variables: Mapping[str, Any]) -> Any:
        self.templar.available_variables = variables
        return self.templar.template(template)

    def _compose(self, template: Any, variables: Any, *_more: Any, **_others: Any) -> Any:
        """Called by ansible-core's methods for each expression."""
        seen = self._with_extra(variables)
        self.templar.available_variables = seen  # a parent group may be a template
        return self.evaluate(template, seen)

    def _with_extra(self, variables: dict[str, Any]) -> dict[str, Any]:
        extra = self._vars if self.get_option("use_extra_vars") else None
        return combine_vars(variables, extra) if extra else variables

    def construct(self, host: Host, variables: dict[str, Any], is_new: bool) -> None:
        """Composed variables and constructed groups of a host. ``is_new``: all that it has, this plugin gave it."""
        self._set_composed(host, variables)
        alone = is_new and self._reads_own_variables_only
        seen = combine_vars(variables, host.vars if alone else host.get_vars())
        self._add_to_groups(host, seen)
        if alone:
            self._add_to_keyed_groups(host, seen)
        else:  # each key sees the groups that the one before has led to
            keyed_groups, strict = self.get_option("keyed_groups"), self.get_option("strict")
            self._add_host_to_keyed_groups(keyed_groups, variables, host.name, strict=strict)

    @cached_property
    def _reads_own_variables_only(self) -> bool:
        """Whether no expression of a group reads anything but what this plugin knows of the host."""
        keys = [keyed.get("key") for keyed in self.get_option("keyed_groups") if isinstance(keyed, dict)]
        expressions = [self.evaluate.expression(key) for key in keys]
        expressions += [self.holds.expression(condition) for condition in self.get_option("groups").values()]
        return not self.get_option("use_extra_vars") and all(
            expression.pure and not expression.names & MAGIC for expression in expressions
        )

    def _set_composed(self, host: Host, variables: dict[str, Any]) -> None:
        composed = {}
        seen = self._with_extra(variables)
        for name, expression in self.get_option("compose").items():
            try:
                composed[str(name)] = self.evaluate(expression, seen)
            except Exception as error:  # pylint: disable=broad-exception-caught  # as ansible-core does here
                if self.get_option("strict"):
                    raise AnsibleError(f"Could not set {name} for host {host.name}: {to_native(error)}") from None
        self.store.set(host, composed)

    def _add_to_groups(self, host: Host, variables: dict[str, Any]) -> None:
        for name, condition in self.get_option("groups").items():
            try:
                belongs = self.holds(condition, variables)
            except Exception as error:  # pylint: disable=broad-exception-caught  # as ansible-core does here
                if self.get_option("strict"):
                    group = self._sanitize_group_name(name)
                    message = f"Could not add host {host.name} to group {group}: {to_native(error)}"
                    raise AnsibleParserError(message) from None
                continue
            if belongs:
                self._group(name).add_host(host)

    def _group(self, name: str) -> Any:
        if name not in self._groups:
            self._groups[name] = self.inventory.groups[self.inventory.add_group(self._sanitize_group_name(name))]
        return self._groups[name]

    def _add_to_keyed_groups(self, host: Host, variables: dict[str, Any]) -> None:
        """What a key's value leads to, ansible-core shows at the first host that has it."""
        for number, keyed in enumerate(self.get_option("keyed_groups")):
            try:
                value = number, fingerprint(self.evaluate(keyed["key"], variables))
            except Exception:  # pylint: disable=broad-exception-caught  # ansible-core will say, or pass over it
                value = None
            if value is None or "{" in str(keyed.get("parent_group")):
                self._witnessed(host, keyed, variables)
                continue
            if value not in self._keyed_groups:
                self._keyed_groups[value] = self._witnessed(host, keyed, variables)
            for group in self._keyed_groups[value]:
                group.add_host(host)

    def _witnessed(self, host: Host, keyed: Any, variables: dict[str, Any]) -> list[Any]:
        """Let ansible-core add the host to the groups of one key, and tell which these were."""
        witness = _Witness(self.inventory)
        self.inventory, inventory = witness, self.inventory
        try:
            strict = self.get_option("strict")
            self._add_host_to_keyed_groups([keyed], variables, host.name, strict=strict, fetch_hostvars=False)
        finally:
            self.inventory = inventory
        return [inventory.groups[name] for name in witness.groups]


class _Witness:
    """An inventory that remembers which groups a host was added to."""

    def __init__(self, inventory: Any) -> None:
        self._inventory = inventory
        self.groups: list[str] = []

    def add_host(self, host: str, group: str) -> Any:
        self.groups.append(group)
        return self._inventory.add_host(host, group)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inventory, name)


class VariableStore:
    """Sets variables of hosts: into their mapping at once, where ansible-core's own method does nothing else.

    Whether that is so, a host that is in no inventory shows.
    """

    def __init__(self) -> None:
        self._plain: set[str] = set()

    def set(self, host: Host, variables: Mapping[str, Any]) -> None:
        for name in variables.keys() - self._plain:
            self._try(name, variables[name])
        if host.__class__ is Host and self._plain.issuperset(variables) and host.vars.keys().isdisjoint(variables):
            host.vars.update(variables)
            return
        for name, value in variables.items():
            host.set_variable(name, value)

    def _try(self, name: str, value: Any) -> None:
        probe = Host("probe")
        probe.set_variable(name, value)
        are_plain = (name.__class__, probe.vars.__class__) == (str, dict)
        if are_plain and list(probe.vars) == [name] and probe.vars[name] is value:
            self._plain.add(name)
