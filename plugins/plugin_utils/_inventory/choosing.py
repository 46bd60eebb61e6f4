# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts there are and what they are called, by the expressions of the user."""

from __future__ import annotations

from typing import Any

from ...module_utils._core.errors import BadInput
from .._expressions.untrusted import never_template
from .contents import Choices
from .populating import Populating


class Choosing(Populating):
    """The choices about hosts, from the options of a plugin."""

    def _choices(self) -> Choices:
        return Choices(
            kinds=self.get_option("hosts"),
            hostnames=self.get_option("hostnames"),
            duplicates=self.get_option("duplicates"),
            include_raw=self.get_option("include_raw"),
            group_by=self.get_option("group_by"),
            strict=self.get_option("strict"),
            digits=self.get_option("group_names") == "digits",
            keep=self._keep,
            render=self._render,
        )

    def _keep(self, variables: dict[str, Any]) -> bool:
        rules = self.get_option("filters")
        seen = self._with_extra(never_template(variables)) if rules else {}
        return next(("include" in rule for rule in rules if self._is_true(next(iter(rule.values())), seen)), True)

    def _is_true(self, expression: Any, variables: dict[str, Any]) -> bool:
        try:
            return bool(self.holds(expression, variables))
        except Exception as error:  # pylint: disable=broad-exception-caught  # before ansible-core 2.19, of any kind
            raise BadInput(f"Filter hosts by {expression!r}", str(error), "Correct the expression.") from None

    def _render(self, preference: str, variables: dict[str, Any]) -> str:
        try:
            name = self.fill(preference, self._with_extra(never_template(variables)))
        except Exception as error:  # pylint: disable=broad-exception-caught  # as above
            if self.get_option("strict"):
                raise BadInput(f"Name a host by {preference!r}", str(error), "Correct the template.") from None
            return ""
        return "" if name is None else str(name)
