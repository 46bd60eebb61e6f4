# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``compose``, ``groups`` and ``keyed_groups`` of many hosts: what ansible-core's methods do, sooner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.host import Host
from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.vars import combine_vars

from .evaluator import Evaluator
from .membership import Joining
from .plain import fingerprint
from .untrusted import TAGS, as_name, marked, of_the_user
from .variables import set_variables

Read: TypeAlias = Callable[[Mapping[str, Any]], Any]
# What a host's own variables say of it, and its groups say of it later.
MAGIC = frozenset({"inventory_hostname", "inventory_hostname_short", "group_names"})


def of_others(name: str) -> bool:
    """Whether a variable of that name may hold what somebody else than the user wrote."""
    return name in MAGIC or name.startswith("nxai_")


class FastConstructable(Constructable):  # type: ignore[misc]  # of ansible's classes mypy knows nothing
    """``construct`` does what the three methods of ``Constructable`` do with the options of the same names."""

    inventory: Any
    _sanitize_group_name = staticmethod(
        lru_cache(maxsize=1 << 16)(lambda name: as_name(BaseInventoryPlugin._sanitize_group_name(name)))
    )

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        # Of another inventory and other options, should the plugin have read a file.
        self._led_to: dict[Any, list[Any] | None] = {}
        self._groups_of: dict[str, Any] = {}
        self.joining = Joining()
        for cached in ("_reads_own_variables_only", "_composes_by_magic", "_composed", "_conditions", "_keyed"):
            self.__dict__.pop(cached, None)

    @cached_property
    def evaluate(self) -> Evaluator:
        """The value of an expression, as for ``compose``."""
        return Evaluator(super()._compose)

    @cached_property
    def key(self) -> Evaluator:
        """The value of a key of ``keyed_groups``."""
        return Evaluator(self._own_key, "key")

    @cached_property
    def holds(self) -> Evaluator:
        """Whether a condition is true, as for ``groups``."""
        return Evaluator(self._own_condition, "condition")

    @cached_property
    def fill(self) -> Evaluator:
        """A template with the variables filled in, as for ``parent_group``."""
        return Evaluator(self._own_template, "template")

    def _own_key(self, key: Any, variables: Mapping[str, Any]) -> Any:
        """A text stays one: ansible-core before 2.19 reads a boolean in ``True``, and takes none for a group's name."""
        value = super()._compose(key, variables)
        if TAGS or isinstance(value, str) or not super()._compose(f"({key}) is string", variables):
            return value
        return marked(str(super()._compose(f"({key}) | string", variables)))

    def _own_condition(self, condition: Any, variables: Mapping[str, Any]) -> bool:
        self.templar.available_variables = variables
        if hasattr(self.templar, "evaluate_conditional"):  # ansible-core 2.19 and newer
            return bool(self.templar.evaluate_conditional(condition))
        return bool(boolean(self.templar.template(f"{{% if {condition} %}} True {{% else %}} False {{% endif %}}")))

    def _own_template(self, template: Any, variables: Mapping[str, Any]) -> Any:
        self.templar.available_variables = variables
        return self.templar.template(template) if TAGS else self.templar.template(template, convert_data=False)

    def _compose(self, template: Any, variables: Any, *_more: Any, **_others: Any) -> Any:
        """Called by ansible-core for the key of ``keyed_groups``."""
        seen = self._with_extra(variables)
        self.templar.available_variables = seen  # a parent group may be a template
        return self.key(template, seen)

    def _with_extra(self, variables: dict[str, Any]) -> dict[str, Any]:
        extra = self._vars if self.get_option("use_extra_vars") else None
        return combine_vars(variables, extra) if extra else variables

    def construct(self, host: Host, variables: dict[str, Any], is_new: bool) -> None:
        """Composed variables and constructed groups of a host. ``is_new``: all that it has, this plugin gave it."""
        # By default, core looks up what the host has for each key anew, as the groups of one may matter to the next.
        alone = is_new and self._reads_own_variables_only
        if not alone or self._composes_by_magic:
            self.joining.done()
        self._set_composed(host, variables)
        seen = {**variables, **host.vars} if alone else combine_vars(variables, host.get_vars())
        self._add_to_groups(host, seen)
        for number, (keyed, key, parent) in enumerate(self._keyed):
            if not alone:
                self.joining.done()
                seen = self._with_extra(combine_vars(seen, host.get_vars()))
            self._add_to_keyed_groups(host, (number, keyed, key, parent), seen)

    @cached_property
    def _conditions(self) -> list[tuple[Any, Read]]:
        return [(name, self.holds.of(condition)) for name, condition in self.get_option("groups").items()]

    @cached_property
    def _keyed(self) -> list[tuple[Any, Read | None, Read | None]]:
        """Each entry with its key and parent group. One that is no mapping is for ansible-core to refuse."""
        return [
            (
                keyed,
                self.key.of(keyed.get("key")) if isinstance(keyed, dict) else None,
                self.fill.of(keyed["parent_group"]) if isinstance(keyed, dict) and keyed.get("parent_group") else None,
            )
            for keyed in self.get_option("keyed_groups")
        ]

    @cached_property
    def _reads_own_variables_only(self) -> bool:
        """Whether no expression of a group reads anything but what this plugin knows of the host."""
        keyed_groups = [keyed for keyed in self.get_option("keyed_groups") if isinstance(keyed, dict)]
        expressions = [self.key.expression(keyed.get("key")) for keyed in keyed_groups]
        expressions += [self.fill.expression(keyed.get("parent_group")) for keyed in keyed_groups]
        expressions += [self.holds.expression(condition) for condition in self.get_option("groups").values()]
        merges = self.get_option("use_extra_vars") or C.DEFAULT_HASH_BEHAVIOUR != "replace"
        return not merges and all(expression.pure and MAGIC.isdisjoint(expression.names) for expression in expressions)

    @cached_property
    def _composes_by_magic(self) -> bool:
        """Whether a composed variable may read what ansible-core alone says of a host. It takes a while to find out."""
        expressions = map(self.evaluate.expression, self.get_option("compose").values())
        return any(not expression.pure or not MAGIC.isdisjoint(expression.names) for expression in expressions)

    @cached_property
    def _composed(self) -> list[tuple[str, Read, bool]]:
        """Name and value of each composed variable, and whether it reads nothing that somebody else wrote."""
        return [
            (str(name), self.evaluate.of(source), found.pure and not any(map(of_others, found.names)))
            for name, source in self.get_option("compose").items()
            for found in [self.evaluate.expression(source)]
        ]

    def _set_composed(self, host: Host, variables: dict[str, Any]) -> None:
        seen = self._with_extra({**variables, **host.get_magic_vars()} if self._composes_by_magic else variables)
        composed = {}
        for name, read, is_users in self._composed:
            try:
                value = read(seen)
                composed[name] = of_the_user(value) if is_users else value
            except Exception as error:  # pylint: disable=broad-exception-caught  # as ansible-core does here
                if self.get_option("strict"):
                    raise AnsibleError(f"Could not set {name} for host {host.name}: {to_native(error)}") from None
        set_variables(host, composed)

    def _add_to_groups(self, host: Host, variables: dict[str, Any]) -> None:
        for name, holds in self._conditions:
            try:
                belongs = holds(variables)
            except Exception as error:  # pylint: disable=broad-exception-caught  # as ansible-core does here
                if self.get_option("strict"):
                    group = self._sanitize_group_name(name)
                    message = f"Could not add host {host.name} to group {group}: {to_native(error)}"
                    raise AnsibleParserError(message) from None
                continue
            if belongs:
                if name not in self._groups_of:
                    made = self.inventory.add_group(self._sanitize_group_name(name))
                    self._groups_of[name] = self.inventory.groups[made]
                self.joining.add(self._groups_of[name], host)

    def _add_to_keyed_groups(
        self, host: Host, entry: tuple[int, Any, Read | None, Read | None], variables: dict[str, Any]
    ) -> None:
        """What a value of a key leads to, ansible-core shows at the first host that has it."""
        number, keyed, key, of_parent = entry
        try:
            parent = of_parent(variables) if of_parent else None
            value = number, fingerprint(key(variables) if key else None), parent and fingerprint(parent)
        except Exception:  # pylint: disable=broad-exception-caught  # ansible-core will say, or pass over it
            self._shown(host, keyed, variables)
            return
        groups = self._led_to.get(value)
        if groups is None:
            keyed = {**keyed, "parent_group": marked(parent)} if parent else keyed
            self._led_to[value] = self._shown(host, keyed, variables)
            return
        for group in groups:
            self.joining.add(group, host)

    def _shown(self, host: Host, keyed: Any, variables: dict[str, Any]) -> list[Any] | None:
        """Let ansible-core add the host to the groups of one key. Which these were; None if that cannot be told."""
        self.joining.done()
        before = {group.name for group in host.groups}
        self.inventory, inventory = _Witness(self.inventory), self.inventory
        try:
            strict = self.get_option("strict")
            self._add_host_to_keyed_groups([keyed], variables, host.name, strict=strict, fetch_hostvars=False)
            groups = [inventory.groups[name] for name in self.inventory.joined]
        finally:
            self.inventory = inventory
        told = before.union(each.name for group in groups for each in (group, *group.get_ancestors()))
        return groups if told.issuperset(group.name for group in host.groups) else None


class _Witness:
    """An inventory that remembers which groups a host was added to."""

    def __init__(self, inventory: Any) -> None:
        self._inventory = inventory
        self.joined: list[str] = []

    def add_host(self, host: str, group: str, *more: Any, **others: Any) -> Any:
        self.joined.append(group)
        return self._inventory.add_host(host, group, *more, **others)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inventory, name)
