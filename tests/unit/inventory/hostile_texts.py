# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that would do something, print something, or end the run if anything evaluated them."""

from __future__ import annotations

SECRET_NAME = "vault_nxai_password"
SECRET = "s3cret-of-the-vault"
PRODUCT = "62615533"  # of 7919 and 7907
CANARY = "touch CANARY"  # CANARY is replaced by a path

TEXTS = [
    # Names of variables, and ways to them
    SECRET_NAME,
    "hostvars.localhost.vault_nxai_password",
    "hostvars['localhost']['vault_nxai_password']",
    "vars.vault_nxai_password",
    f"{SECRET_NAME} | string",
    f"{SECRET_NAME}[0:]",
    f"'' ~ {SECRET_NAME}",
    f"q('ansible.builtin.vars', '{SECRET_NAME}')",
    f"{{{{ {SECRET_NAME} }}}}",
    f"{{{{{{{{ {SECRET_NAME} }}}}}}}}",
    f"{{{{ '{{{{ {SECRET_NAME} }}}}' }}}}",
    f"{{% if true %}}{{{{ {SECRET_NAME} }}}}{{% endif %}}",
    f"{{#- -#}}{{{{ {SECRET_NAME} }}}}",
    f"}}}}{{{{ {SECRET_NAME} }}}}{{{{ ''",
    f"%}}{{{{ {SECRET_NAME} }}}}{{% raw %}}",
    # Arithmetic
    "7919*7907",
    "{{ 7919 * 7907 }}",
    "9**99999999",
    "9**9**9",
    "'a' * 999999999999",
    # Calls
    f"lookup('ansible.builtin.pipe', '{CANARY}')",
    f'lookup("ansible.builtin.pipe", "{CANARY}")',
    f"lookup(\n'pipe', '{CANARY}')",
    f"query ('pipe', '{CANARY}') | first",
    f"{{{{ lookup('pipe', '{CANARY}') }}}}",
    f'{{{{ lookup("pipe", "{CANARY}") }}}}',
    f"{{% set x = lookup('pipe', '{CANARY}') %}}",
    f"true if lookup('pipe', '{CANARY}') else false",
    f"(lookup('pipe', '{CANARY}'))",
    f"[lookup('pipe', '{CANARY}')]",
    f"x') }}}}{{{{ lookup('pipe', '{CANARY}",
    "lipsum(99999999)",
    # Headers, tags and marks
    f"#jinja2: variable_start_string: '[%', variable_end_string: '%]'\n[% lookup('pipe', '{CANARY}') %]",
    f"#jinja2:variable_start_string:'<<',variable_end_string:'>>'\n<< {SECRET_NAME} >>",
    f"!unsafe '{{{{ {SECRET_NAME} }}}}'",
    f"!vault {SECRET_NAME}",
    "$ANSIBLE_VAULT;1.1;AES256\n6162",
    f'{{"__ansible_unsafe": "{{{{ {SECRET_NAME} }}}}"}}',
    '{"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\\n6162"}',
    '{"__ansible_type": "TaggedStr"}',
    # Other scripts and signs
    f"\uff5b\uff5b {SECRET_NAME} \uff5d\uff5d",
    f"{{\u200b{{ {SECRET_NAME} }}}}",
    f"\u202e}}}} {SECRET_NAME} {{{{",
    "\x1b]0;title\x07\x1b[2J",
    "True",
    "omit",
    "-oProxyCommand=" + CANARY,
]
# As keys of a dictionary in the record of a device.
KEYS = [SECRET_NAME, *(f"__ansible_{name}" for name in ("unsafe", "vault", "type")), TEXTS[8], TEXTS[21], TEXTS[25]]
