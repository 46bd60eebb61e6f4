# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``compose``, ``groups`` and ``keyed_groups`` of many hosts: ansible-core's methods, with a quick ``Evaluator``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.host import Host
from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.vars import combine_vars

from .evaluator import Evaluator
from .untrusted import as_name

# What a host's own variables say of it, and its groups say of it later.
MAGIC = frozenset({"inventory_hostname", "inventory_hostname_short", "group_names"})


class FastConstructable(Constructable):  # type: ignore[misc]  # of ansible's classes mypy knows nothing
    """``construct`` does what the three methods of ``Constructable`` do with the options of the same names."""

    inventory: Any
    _sanitize_group_name = staticmethod(
        lru_cache(maxsize=1 << 16)(lambda name: as_name(BaseInventoryPlugin._sanitize_group_name(name)))
    )

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self.__dict__.pop("_reads_own_variables_only", None)  # of other options, should the plugin have read a file

    @cached_property
    def evaluate(self) -> Evaluator:
        """The value of an expression, as for ``compose`` and the keys of ``keyed_groups``."""
        return Evaluator(super()._compose)

    @cached_property
    def holds(self) -> Evaluator:
        """Whether a condition is true, as for ``groups``."""
        return Evaluator(self._own_condition, "condition")

    @cached_property
    def fill(self) -> Evaluator:
        """A template with the variables filled in."""
        return Evaluator(self._own_template, "template")

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
        extra = self._vars if self.get_option("use_extra_vars") else None
        seen = combine_vars(variables, extra) if extra else variables
        self.templar.available_variables = seen  # a parent group may be a template
        return self.evaluate(template, seen)

    def construct(self, host: Host, variables: dict[str, Any], is_new: bool) -> None:
        """Composed variables and constructed groups of a host. ``is_new``: all that it has, this plugin gave it."""
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host.name, strict=strict)
        # By default, core looks up what the host has for each key anew, as the groups of one may matter to the next.
        alone = is_new and self._reads_own_variables_only
        seen = combine_vars(variables, host.vars if alone else host.get_vars())
        self._add_to_groups(host, seen)
        self._add_host_to_keyed_groups(
            self.get_option("keyed_groups"),
            seen if alone else variables,
            host.name,
            strict=strict,
            fetch_hostvars=not alone,
        )

    @cached_property
    def _reads_own_variables_only(self) -> bool:
        """Whether no expression of a group reads anything but what this plugin knows of the host."""
        keys = [keyed.get("key") for keyed in self.get_option("keyed_groups") if isinstance(keyed, dict)]
        expressions = [self.evaluate.expression(key) for key in keys]
        expressions += [self.holds.expression(condition) for condition in self.get_option("groups").values()]
        return not self.get_option("use_extra_vars") and all(
            expression.pure and MAGIC.isdisjoint(expression.names) for expression in expressions
        )

    def _add_to_groups(self, host: Host, variables: dict[str, Any]) -> None:
        for name, condition in self.get_option("groups").items():
            group = self._sanitize_group_name(name)
            try:
                belongs = self.holds(condition, variables)
            except Exception as error:  # pylint: disable=broad-exception-caught  # as ansible-core does here
                if self.get_option("strict"):
                    message = f"Could not add host {host.name} to group {group}: {to_native(error)}"
                    raise AnsibleParserError(message) from None
                continue
            if belongs:
                self.inventory.add_child(self.inventory.add_group(group), host.name)
