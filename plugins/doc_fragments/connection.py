# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach the Nx AI Cloud and who to be there: the options that every plugin of this collection shares.

``DOCUMENTATION`` serves modules. Plugins extend ``nxai.cloud.connection`` and ``nxai.cloud.connection.plugin``: the
second only adds where ansible-core finds each value (environment, ``ansible.cfg``). Modules read the environment
through their argument spec.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - Python 3.10 or newer
  - requests 2.31 or newer
options:
  api_url:
    description:
      - Where the Nx AI Cloud is, as scheme, host and perhaps port. The paths C(/cpt) and C(/dev) are added to it.
      - Also read from the environment variable E(NXAI_API_URL).
    type: str
    default: https://api.sclbl.nxvms.com
  cloud_url:
    description:
      - Where the identity provider is, as scheme, host and perhaps port, for example
        V(https://cloud.networkoptix.com) or V(https://meta.nxvms.com). It follows the brand of your product.
      - Needed whenever a token has to be issued or renewed, that is with O(refresh_token), or with O(username) and
        O(password). There is no default, because a password is never sent to a guessed host.
      - Also read from the environment variable E(NXAI_CLOUD_URL).
    type: str
  token:
    description:
      - An access token, as the identity provider or the portal returned it, such as V(nxcdb-...).
      - Without O(refresh_token) beside it, the token cannot be renewed and the run fails when it expires.
      - Also read from the environment variable E(NXAI_TOKEN).
    type: str
  token_file:
    description:
      - A file on the controller that holds a token, either as bare text or as JSON with C(access_token),
        C(refresh_token) and C(expires_at) (milliseconds since 1970). For example V(~/.config/nxai/token.json).
      - A file with a refresh token is renewed in place, with mode 0600. Only O(token) goes before it.
      - A file that another user owns or everyone can write to is refused. It has to belong to the user of the task, to
        root, or to O(trusted_owner).
      - Also read from the environment variable E(NXAI_TOKEN_FILE).
    type: path
  trusted_owner:
    description:
      - A user whose files are trusted like those of the user who runs the task, by name or number. For example V(awx)
        or V(1000).
      - It counts for O(token_file), O(ca_path), the file of O(contract), and the directories and links on the way to
        them. A directory of that user on the way is used even if everyone can write to it. So V(root) makes an
        C(emptyDir) of Kubernetes usable.
      - Also read from the environment variable E(NXAI_TRUSTED_OWNER).
    type: str
    version_added: 0.1.0
  refresh_token:
    description:
      - A refresh token from which access tokens are issued, such as V(nxcdb-...). Needs O(cloud_url).
      - Identity providers may hand out a new refresh token at each use. Where it has to outlive this run, use
        O(token_file).
      - Also read from the environment variable E(NXAI_REFRESH_TOKEN).
    type: str
  username:
    description:
      - The e-mail address of the cloud account, such as V(robot@example.com). Needs O(password) and O(cloud_url).
      - Also read from the environment variable E(NXAI_USERNAME).
    type: str
  password:
    description:
      - The password of the cloud account, such as C({{ vault_nxai_password }}) from a vault.
      - Also read from the environment variable E(NXAI_PASSWORD).
    type: str
  mfa_code:
    description:
      - The current code of the second factor, such as V(123456), for accounts that ask for one when they sign in with
        a password.
      - Also read from the environment variable E(NXAI_MFA_CODE).
    type: str
  client_id:
    description:
      - The OAuth2 client to sign in as. With O(username) and O(password) any name is taken, as far as is known.
      - Also read from the environment variable E(NXAI_CLIENT_ID).
    type: str
    default: 3rdParty
  token_scope:
    description:
      - The OAuth2 scope to ask for, for example V(https://api.sclbl.nxvms.com/cpt cloudSystemId=*). Without it, the
        identity provider issues a token for the whole cloud.
      - Also read from the environment variable E(NXAI_TOKEN_SCOPE).
    type: str
  auth_scheme:
    description:
      - How the token is sent. V(bearer) puts the word C(Bearer) before it, as documented. V(raw) sends the token
        alone, as the portal is seen to do. V(bearer_jwt) is V(bearer) without the C(nxcdb-) at the token's beginning.
      - Without it, O(contract) says it, and else it is V(bearer). A read that is refused with 401 is then tried as
        V(bearer_jwt) once, and if that works, it is kept for the task, with a warning.
      - Also read from the environment variable E(NXAI_AUTH_SCHEME).
    type: str
    choices: [bearer, raw, bearer_jwt]
  customization:
    description:
      - The brand whose models are meant, by the name that the APIs use for it, such as V(default) for Nx Witness.
      - Without it, V(default) where O(cloud_url) is that of C(nxvms.com), and else V(metavms), which is that of
        C(meta.nxvms.com).
      - Also read from the environment variable E(NXAI_CUSTOMIZATION).
    type: str
  validate_certs:
    description:
      - Whether the certificates of the servers are checked. Turn this off only against a test server of your own.
      - Also read from the environment variable E(NXAI_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificate authorities to trust, in PEM form, in place of the ones that C(requests) brings. For
        example V(/etc/ssl/certs/ca-certificates.crt). Or a folder of such files, as C(c_rehash) makes it. Without it,
        the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) count.
      - What another user owns or everyone can write to is refused, as with O(token_file). Everyone may read it.
      - Also read from the environment variable E(NXAI_CA_PATH).
    type: path
  client_cert:
    description:
      - A client certificate in PEM form, such as V(/etc/nxai/client.pem), for a proxy or gateway that asks for one.
      - Also read from the environment variable E(NXAI_CLIENT_CERT).
    type: path
  client_key:
    description:
      - The private key of O(client_cert), such as V(/etc/nxai/client.key), when it is not in the same file.
      - Also read from the environment variable E(NXAI_CLIENT_KEY).
    type: path
  proxy:
    description:
      - The proxy for all requests, for example V(http://proxy.example.com:3128), with user name and password where it
        asks for them. Without it, the usual environment variables count, which are E(HTTPS_PROXY), E(HTTP_PROXY) and
        E(NO_PROXY). With it, none of them does.
      - A proxy is spoken to over http or https. In its user name and password, write what is neither letter nor digit
        percent-encoded, for example C(#) as C(%23). What goes to this very machine (localhost) takes no proxy.
      - Also read from the environment variable E(NXAI_PROXY).
    type: str
  timeout:
    description:
      - For how many seconds a server may stay silent before a request is given up. A connection has to be made within
        10 seconds, or this long when it is less.
      - Also read from the environment variable E(NXAI_TIMEOUT).
    type: float
    default: 30.0
  retries:
    description:
      - How often a request is repeated after a broken connection or the statuses 429, 502, 503 and 504. A request
        that creates something is repeated only where it certainly did not arrive.
      - Also read from the environment variable E(NXAI_RETRIES).
    type: int
    default: 4
  retry_budget:
    description:
      - For how many seconds, in all, a task may wait between repeats.
      - Also read from the environment variable E(NXAI_RETRY_BUDGET).
    type: float
    default: 120.0
  contract:
    description:
      - Adapts the collection to an API that is not quite as it was known. It is the path of a file in YAML or JSON, on
        the host that runs the task, or what such a file holds.
      - A file that another user owns or everyone can write to is refused, as for O(token_file).
      - Its sections are C(operations) (paths, methods and queries), C(fields) (where an answer has what), C(words)
        (what a status means), C(auth), C(upload) and C(no_pipelines). The guide C(docs/contract.md) has a sample of
        each.
      - "For example C({operations: {update_model: {path: '/functions/{uuid}'}}})."
      - What only reads stays a GET, what writes cannot become one, and nothing goes to another host than O(api_url) and
        O(cloud_url). No text in it is ever a template.
      - Also read from the environment variable E(NXAI_CONTRACT), as a path or as JSON text.
    type: raw
    version_added: 0.1.0
notes:
  - Give one of O(token), O(token_file), O(refresh_token), or O(username) with O(password). The first in this order is
    used. One that the task gives comes before those of the environment, and an empty variable counts as unset.
  - Credentials are sent over plain C(http) only to the machine itself.
"""

    PLUGIN = r"""
options:
  api_url:
    env: [{name: NXAI_API_URL}]
    ini: [{section: nxai, key: api_url}]
  cloud_url:
    env: [{name: NXAI_CLOUD_URL}]
    ini: [{section: nxai, key: cloud_url}]
  token:
    env: [{name: NXAI_TOKEN}]
    ini: [{section: nxai, key: token}]
  token_file:
    env: [{name: NXAI_TOKEN_FILE}]
    ini: [{section: nxai, key: token_file}]
  trusted_owner:
    env: [{name: NXAI_TRUSTED_OWNER}]
    ini: [{section: nxai, key: trusted_owner}]
  refresh_token:
    env: [{name: NXAI_REFRESH_TOKEN}]
    ini: [{section: nxai, key: refresh_token}]
  username:
    env: [{name: NXAI_USERNAME}]
    ini: [{section: nxai, key: username}]
  password:
    env: [{name: NXAI_PASSWORD}]
    ini: [{section: nxai, key: password}]
  mfa_code:
    env: [{name: NXAI_MFA_CODE}]
    ini: [{section: nxai, key: mfa_code}]
  client_id:
    env: [{name: NXAI_CLIENT_ID}]
    ini: [{section: nxai, key: client_id}]
  token_scope:
    env: [{name: NXAI_TOKEN_SCOPE}]
    ini: [{section: nxai, key: token_scope}]
  auth_scheme:
    env: [{name: NXAI_AUTH_SCHEME}]
    ini: [{section: nxai, key: auth_scheme}]
  customization:
    env: [{name: NXAI_CUSTOMIZATION}]
    ini: [{section: nxai, key: customization}]
  validate_certs:
    env: [{name: NXAI_VALIDATE_CERTS}]
    ini: [{section: nxai, key: validate_certs}]
  ca_path:
    env: [{name: NXAI_CA_PATH}]
    ini: [{section: nxai, key: ca_path}]
  client_cert:
    env: [{name: NXAI_CLIENT_CERT}]
    ini: [{section: nxai, key: client_cert}]
  client_key:
    env: [{name: NXAI_CLIENT_KEY}]
    ini: [{section: nxai, key: client_key}]
  proxy:
    env: [{name: NXAI_PROXY}]
    ini: [{section: nxai, key: proxy}]
  timeout:
    env: [{name: NXAI_TIMEOUT}]
    ini: [{section: nxai, key: timeout}]
  retries:
    env: [{name: NXAI_RETRIES}]
    ini: [{section: nxai, key: retries}]
  retry_budget:
    env: [{name: NXAI_RETRY_BUDGET}]
    ini: [{section: nxai, key: retry_budget}]
  contract:
    env: [{name: NXAI_CONTRACT}]
    ini: [{section: nxai, key: contract}]
"""
