# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An access token, for the option ``token`` and for other collections."""

from __future__ import annotations

DOCUMENTATION = r"""
name: nxai_token
short_description: An access token of the Nx Cloud
version_added: 0.1.0
author:
  - The nxai.cloud maintainers (@nxai)
description:
  - Gives an access token that is good now, by any of the ways that the modules know. These are the token itself, a
    token file, a refresh token, or a user name and password.
  - It is meant for the option C(token) of the modules, and for C(ansible.builtin.uri) and other collections that call
    the same APIs. The modules of this collection can sign in by themselves, with the same options.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.connection.plugin
notes:
  - A token is kept within the process and renewed when it is about to end. Ansible has a process for each task and
    host, so that without O(token_file) each task signs in anew. With it, all of them share one token.
  - What a template gives is printed where Ansible prints the arguments of a task. The option C(token) of the modules is
    masked; for others, set C(no_log=true).
  - A refresh token in O(refresh_token) may be used up by its first use. Use O(token_file) for more than one.
seealso:
  - module: nxai.cloud.nxai_token
"""

EXAMPLES = r"""
- name: One sign-in, kept in a file and shared by all tasks
  nxai.cloud.nxai_token:
    cloud_url: https://meta.nxvms.com
    username: robot@example.com
    password: "{{ vault_nxai_password }}"
    token_file: ~/.config/nxai/token.json

- name: A call that this collection has no module for
  ansible.builtin.uri:
    url: https://api.sclbl.nxvms.com/cpt/functions/statistics
    headers:
      Authorization: "Bearer {{ lookup('nxai.cloud.nxai_token', token_file='~/.config/nxai/token.json',
                                       cloud_url='https://meta.nxvms.com') }}"
  no_log: true

- name: With what the environment holds (NXAI_CLOUD_URL, NXAI_USERNAME, NXAI_PASSWORD)
  nxai.cloud.nxai_model_info:
    token: "{{ lookup('nxai.cloud.nxai_token') }}"
"""

RETURN = r"""
_raw:
  description: The access token, one element. Without the word C(Bearer).
  returned: success
  type: list
  elements: str
  sample: [nxcdb-...]
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._api.client import Client
from ..module_utils._connection.settings import Settings
from ..module_utils._core.errors import BadInput, NxaiError
from ..module_utils._core.voice import Voice
from ..plugin_utils._options.given import GivenOptions

try:  # From ansible-core 2.22 on: all that it prints from now on is without this token.
    from ansible.module_utils.secrets import register_secret
except ImportError:

    def register_secret(value: str, /) -> str:
        return value


_clients: dict[Settings, Client] = {}


class LookupModule(GivenOptions, LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        try:
            self.set_options(var_options=variables, direct=kwargs)
            if terms:
                raise BadInput("Get a token", "the lookup takes no terms", "Give options by name, as token_file='...'.")
            settings = Settings.from_options(self.get_options(), self.sources)
            client = _clients.setdefault(
                settings, Client(settings, True, Voice(self._display.warning, self._display.v))
            )
            # Closed at once, since processes that are forked from this one must not share a connection.
            with client:
                return [register_secret(client.transport.credentials.access_token())]
        except NxaiError as error:
            raise AnsibleLookupError(str(error)) from None
