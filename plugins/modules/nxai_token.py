#!/usr/bin/python
# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nxai_token
short_description: Get, renew or revoke a token of the Nx Cloud
version_added: 0.1.0
description:
  - Signs in to the identity provider of the Nx Cloud, and keeps the token in O(token_file) for all that comes after.
    That is the way to hand a token to other tasks and runs without printing it.
  - A token in the file that is still good is left there. One that is not is renewed in place, by the refresh token in
    the file where there is one. Runs that share the file wait for each other, and only one of them signs in.
  - The file is written anew beside the old one with mode 0600, and moved over it, so that nobody sees half of it.
  - Check mode reads the file and says what would be done. It neither signs in nor revokes.
extends_documentation_fragment:
  - nxai.cloud.connection
  - nxai.cloud.act_as
  - nxai.cloud.attributes
attributes:
  diff_mode:
    details: The diff shows when the token expires and how one is got, never a token.
  idempotent:
    support: partial
    details: With O(token_file) and without O(force). Without a file there is nothing that could be found again.
options:
  state:
    description:
      - V(present) makes sure that there is a token that is good for another O(valid_for) seconds.
      - V(absent) revokes the refresh token and the access token in O(token_file) and removes the file. Without
        O(token_file), it revokes O(token), O(refresh_token), or both, whichever are given.
      - For V(present), O(token) has no meaning. For V(absent), it cannot be set together with O(token_file), as it
        would not be clear which is meant.
    type: str
    choices: [present, absent]
    default: present
  grant:
    description:
      - The one way to sign in with. Without it, all that are given are tried in the order of these choices.
      - V(refresh_token) needs a refresh token, in O(token_file) or in O(refresh_token). V(authorization_code) needs
        O(code), and V(password) needs O(username) and O(password).
    type: str
    choices: [refresh_token, authorization_code, password]
  code:
    description:
      - The authorization code that the browser step ended with. It is good for one sign-in.
      - It belongs to the O(client_id) that the browser step was made with.
    type: str
  redirect_uri:
    description: The address that the browser step was told to go back to, where the identity provider wants it again.
    type: str
  valid_for:
    description:
      - For how many more seconds a token in the file has to be good. One with less is renewed.
      - A token whose end is not known, such as a bare one that is no JWT, counts as good. O(force) renews it.
    type: float
    default: 300
  force:
    description: Get a new token also where the one in the file is still good.
    type: bool
    default: false
  return_token:
    description:
      - Return the tokens in RV(access_token) and RV(refresh_token). They are then printed with C(-v), stored by
        callbacks, and kept by AWX, unless the task has C(no_log=true). With that, a registered result still has them.
      - Ansible masks whatever equals a secret option of the task. So RV(refresh_token) is V(null) where it is the one
        that was given, and the task fails where a part of the access token happens to equal one.
      - O(token_file) is the better way.
    type: bool
    default: false
seealso:
  - plugin: nxai.cloud.nxai_token
    plugin_type: lookup
author:
  - The nxai.cloud maintainers (@nxai)
"""

EXAMPLES = r"""
- name: A token for all that follows, by user name and password
  nxai.cloud.nxai_token:
    cloud_url: https://meta.nxvms.com
    username: robot@example.com
    password: "{{ vault_nxai_password }}"
    token_file: ~/.config/nxai/token.json

- name: Use it
  nxai.cloud.nxai_model_info:
    cloud_url: https://meta.nxvms.com
    token_file: ~/.config/nxai/token.json

- name: The first token of an account that signs in with a browser
  nxai.cloud.nxai_token:
    cloud_url: https://meta.nxvms.com
    client_id: my-integration
    code: "{{ code_from_the_browser }}"
    redirect_uri: https://example.com/signed-in
    token_file: ~/.config/nxai/token.json

- name: At least an hour, before a long job
  nxai.cloud.nxai_token:
    cloud_url: https://meta.nxvms.com
    token_file: ~/.config/nxai/token.json
    valid_for: 3500

- name: A token in a variable, without printing it
  nxai.cloud.nxai_token:
    cloud_url: https://meta.nxvms.com
    username: robot@example.com
    password: "{{ vault_nxai_password }}"
    return_token: true
  register: signed_in
  no_log: true

- name: End it
  nxai.cloud.nxai_token:
    cloud_url: https://meta.nxvms.com
    token_file: ~/.config/nxai/token.json
    state: absent
"""

RETURN = r"""
token_file:
  description: The file with the token. V(null) where none is given.
  returned: success
  type: str
  sample: /home/robot/.config/nxai/token.json
expires_at:
  description:
    - When the access token ends. V(null) where that is not known, and in check mode where a token would be got first.
  returned: success, with O(state=present)
  type: str
  sample: "2026-11-24T09:15:00Z"
renewable:
  description: Whether there is a refresh token, so that the access token can be renewed without a new sign-in.
  returned: success, with O(state=present)
  type: bool
  sample: true
access_token:
  description: The access token. V(null) in check mode where it would be got first.
  returned: success, with O(return_token=true)
  type: str
  sample: nxcdb-...
refresh_token:
  description: The refresh token. V(null) where there is none, and where it is the one that was given.
  returned: success, with O(return_token=true)
  type: str
  sample: nxcdb-...
error:
  description: What was tried, what came back, and what to do now.
  returned: failure
  type: dict
  contains:
    tried: {description: "What was tried, such as the method and the address of the request.", type: str,
            sample: GET https://api.sclbl.nxvms.com/dev/systems}
    answer: {description: "What came back, or what is wrong.", type: str,
             sample: "HTTP 401 Unauthorized: token expired"}
    advice: {description: What to do now. Empty where there is nothing to say., type: str,
             sample: "The token is missing, wrong or expired. Get a new one."}
    status: {description: The HTTP status. V(null) where it is not about an answer of the service., type: int,
             sample: 401}
"""

from ..module_utils._connection.credentials import GRANTS
from ..module_utils._connection.ways import SIGN_IN
from ..module_utils._engine.module import run
from ..module_utils._token.resource import token_resource

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "grant": {"type": "str", "choices": list(GRANTS)},
    "code": {"type": "str", "no_log": True},
    "redirect_uri": {"type": "str"},
    "valid_for": {"type": "float", "default": 300},
    "force": {"type": "bool", "default": False},
    "return_token": {"type": "bool", "default": False, "no_log": False},
}


def main() -> None:
    # The file is where the token goes. It is no way to one, so that the environment may say how to sign in.
    run(ARGUMENT_SPEC, token_resource, ways=[name for name in SIGN_IN if name != "token_file"])


if __name__ == "__main__":
    main()
