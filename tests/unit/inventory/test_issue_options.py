# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of plugins: what is no boolean word is an error, all are rendered and decrypted, and one way of signing in
counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.constants import config
from ansible.errors import AnsibleError, AnsibleLookupError, AnsibleParserError
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.plugins.loader import lookup_loader
from ansible.utils.vars import load_extra_vars
from inventory_estate import SEED, Reading

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from simulator.testing import Served
from tools.workplace import ROOT

Read = Callable[..., Reading]
SECRETS = [("default", vault.VaultSecret(b"a-vault-password"))]
BOOLEANS = ("validate_certs", "strict", "online_only", "include_raw", "allow_empty", "cache", "use_extra_vars")
# Each option with a value that it may have: here all of them, so that none is forgotten.
VALUES: dict[str, Any] = {
    "api_url": "https://api.example.com",
    "cloud_url": "https://cloud.example.com",
    "token": "nxcdb-x",
    "token_file": "/tmp/token",
    "trusted_owner": "root",
    "refresh_token": "nxcdb-y",
    "username": "robot@example.com",
    "password": "s3cret-word",
    "mfa_code": "123456",
    "client_id": "3rdParty2",
    "token_scope": "cloudSystemId=*",
    "auth_scheme": "raw",
    "act_as": {"kind": "organization", "id": "5c0ff1ce-0000-4000-8000-000000000001"},
    "customization": "default",
    "validate_certs": False,
    "ca_path": "/tmp/ca.pem",
    "client_cert": "/tmp/cert.pem",
    "client_key": "/tmp/key.pem",
    "proxy": "http://proxy.example.com:3128",
    "timeout": 7.5,
    "retries": 2,
    "retry_budget": 9.5,
    "contract": {"auth": {"scheme": "raw"}},
    "hosts": ["servers"],
    "sites": ["Shop Berlin"],
    "allow_empty": False,
    "online_only": True,
    "hostvars": ["nxai_kind"],
    "include_raw": True,
    "group_by": ["status"],
    "on_error": "skip",
    "concurrency": 3,
    "duplicates": "fail",
    "group_names": "digits",
    "strict": True,
    "use_extra_vars": True,
    "leading_separator": False,
    "cache": True,
    "cache_plugin": "jsonfile",
    "cache_timeout": 77,
    "cache_connection": "/tmp/nowhere",
    "cache_prefix": "mine_",
}
EXPRESSIONS: dict[str, Any] = {
    "hostnames": ["name"],
    "filters": [{"include": "true"}],
    "compose": {"x": "'y'"},
    "groups": {"g": "true"},
    "keyed_groups": [{"key": "nxai_kind"}],
}


@pytest.fixture
def plugin(cloud: Served, plugins: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A plugin whose options can be read from the text of a file, with variables of ``-e`` and a vault."""
    found = plugins.get("nxai.cloud.nxai_devices")

    def options(text: str, directory: Path, **extra: Any) -> dict[str, Any]:
        path = directory / "x.nxai.yml"
        path.write_text(f"plugin: nxai.cloud.nxai_devices\n{text}", encoding="utf-8")
        monkeypatch.setattr(load_extra_vars, "extra_vars", extra or {"unused": 1}, raising=False)
        loader = DataLoader()
        loader.set_vault_secrets(SECRETS)
        if hasattr(vault, "VaultSecretsContext"):  # ansible-core 2.19 and newer
            monkeypatch.setattr(vault.VaultSecretsContext, "_current", vault.VaultSecretsContext(SECRETS))
        monkeypatch.setattr("ansible.plugins.inventory.get_cache_plugin", lambda *_more, **given: given)
        BaseInventoryPlugin.parse(found, Reading(), loader, str(path))
        found._read_config_data(str(path))
        return dict(found.get_options())

    found.options_of = options
    return found


def rendered(values: dict[str, Any]) -> str:
    return yaml.safe_dump({name: f"{{{{ given_{name} }}}}" for name in values})


def vaulted(value: Any) -> str:
    """``!vault`` in place of each text."""
    if isinstance(value, list):
        return "[" + ", ".join(map(vaulted, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {vaulted(item)}" for name, item in value.items()) + "}"
    text = vault.VaultLib(SECRETS).encrypt(str(value)).decode()
    return '!vault "' + text.strip().replace("\n", "\\n") + '"'


def written(value: Any) -> Any:
    """As it is compared: a vault gives texts."""
    if isinstance(value, dict):
        return {str(name): written(item) for name, item in value.items()}
    return [written(item) for item in value] if isinstance(value, (list, tuple)) else str(value)


# 1: boolean words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["tru", "ture", "on!", "2", "{{ 'tru' }}", "", "none"])
@pytest.mark.parametrize("option", BOOLEANS)
def test_i01_what_is_no_boolean_word_in_the_file_is_an_error(read: Read, option: str, word: str) -> None:
    with pytest.raises(AnsibleParserError, match=f"Read the option {option}: .* is not a boolean word"):
        read(**{option: word})


@pytest.mark.parametrize("word", ["ture", "{{ true }}"])
def test_i01_nor_in_the_environment(read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("NXAI_VALIDATE_CERTS", word)
    with pytest.raises(AnsibleParserError, match=r"from NXAI_VALIDATE_CERTS: .* is not a boolean word"):
        read()
    assert not cloud.log()
    assert read(validate_certs=True).hosts  # what the file says comes first


@pytest.mark.parametrize("word", ["ture", ""])
def test_i01_nor_in_ansible_cfg(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    (tmp_path / "ansible.cfg").write_text(f"[nxai]\nvalidate_certs = {word}\n")
    monkeypatch.setattr("ansible.constants.CONFIG_FILE", str(tmp_path / "ansible.cfg"))
    with pytest.raises(AnsibleParserError, match=r"validate_certs in .*ansible.cfg: .* is not a boolean word"):
        read()


@pytest.mark.parametrize("word", ["{{ true }}", "{{ 'yes' }}", "yes", "On", 1, "1", True])
def test_i01_a_template_of_a_boolean_word_is_that(read: Read, word: Any) -> None:
    seen: list[Any] = []
    read(prepare=seen.append, validate_certs=word, online_only=word)
    assert seen[0].get_option("validate_certs") is True
    assert seen[0].get_option("online_only") is True


def test_i01_no_value_is_the_default_and_an_empty_variable_too(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setenv("NXAI_VALIDATE_CERTS", "")
    read(prepare=seen.append)
    assert seen[0].get_option("validate_certs") is True
    read(prepare=seen.append, validate_certs=None)
    assert seen[1].get_option("validate_certs") is True


@pytest.mark.parametrize("word", ["tru", "{{ true }}", ""])
def test_i01_the_lookup_as_well(cloud: Served, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    with pytest.raises(AnsibleLookupError, match=r"Read the option validate_certs: .* is not a boolean word"):
        lookup_loader.get("nxai.cloud.nxai_token").run([], {}, validate_certs=word)
    monkeypatch.setenv("NXAI_VALIDATE_CERTS", word or "tru")
    with pytest.raises(AnsibleLookupError, match=r"from NXAI_VALIDATE_CERTS"):
        lookup_loader.get("nxai.cloud.nxai_token").run([], {})


# 5: preferences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "preference", ["nxai_device_nmae", "nxai_site_name ~ '-' ~ nxai_device_name", "inventory_file"]
)
def test_i05_a_preference_that_is_neither_variable_nor_template_is_an_error(
    read: Read, cloud: Served, preference: str, strict: bool
) -> None:
    with pytest.raises(AnsibleParserError, match="of hostnames is neither"):
        read(hostnames=[preference], strict=strict)
    assert not cloud.log()


def test_i05_one_that_gives_no_host_a_name_is_warned_of(read: Read) -> None:
    found = read(hostnames=["{{ nxai_device_nmae }}"])
    assert "'{{ nxai_device_nmae }}' of hostnames gives none of 5 hosts a name." in found.warnings


# 6: rendered and decrypted -------------------------------------------------------------------------------------------


def test_i06_every_option_has_a_sample_here_and_is_in_the_table_of_the_guide(plugin: Any) -> None:
    assert {*VALUES, *EXPRESSIONS, "plugin"} == set(plugin.option_definitions)
    guide = (ROOT / "docs/inventory.md").read_text(encoding="utf-8")
    table = guide.partition("| options | rendered")[2].partition("\n\n")[0]
    connection = ROOT / "plugins/doc_fragments/connection.py"
    named = set(re.findall("`([a-z_]+)`", table)) | {name for name in VALUES if name.startswith("cache_")}
    named |= set(re.findall(r"(?m)^  ([a-z_]+):$", connection.read_text(encoding="utf-8")))
    assert set(plugin.option_definitions) - named == {"plugin"}


@pytest.mark.parametrize("name", sorted(VALUES))
def test_i06_every_option_may_be_a_template_with_extra_variables(plugin: Any, tmp_path: Path, name: str) -> None:
    value = VALUES[name]
    plain = plugin.options_of(yaml.safe_dump({name: value}), tmp_path)
    with_template = plugin.options_of(rendered({name: value}), tmp_path, **{f"given_{name}": value})
    assert with_template[name] == plain[name] == value
    if isinstance(value, list):
        one = plugin.options_of(yaml.safe_dump({name: ["{{ given }}"]}), tmp_path, given=value[0])
        assert one[name] == value
    if isinstance(value, dict):
        assert plugin.options_of(yaml.safe_dump({name: {"kind": "{{ given }}"}}), tmp_path, given="x")[name] == {
            "kind": "x"
        }


@pytest.mark.parametrize("name", sorted({**VALUES, **EXPRESSIONS}))
def test_i06_every_option_may_be_encrypted(plugin: Any, tmp_path: Path, name: str) -> None:
    value = {**VALUES, **EXPRESSIONS}[name]
    found = plugin.options_of(f"{name}: {vaulted(value)}\n", tmp_path)
    assert written(found[name]) == written(value)


@pytest.mark.parametrize("password", ["{{ not a template", "{{ 7*7 }}", "True", "[1, 2]", '{"a": 1}'])
def test_i06_a_secret_stays_what_it_is(plugin: Any, tmp_path: Path, password: str) -> None:
    assert plugin.options_of(f"password: {vaulted(password)}\n", tmp_path)["password"] == password
    if "{{" not in password:
        found = plugin.options_of('password: "{{ word }}"\n', tmp_path, word=password)
        assert str(found["password"]) == password


@pytest.mark.parametrize(
    "text", ['token: "{{ no_such }}"\n', 'token: "{{ 1 + }}"\n', f'sites: [{vaulted("x")[:-9]}"]\n']
)
def test_i06_what_cannot_be_rendered_or_decrypted_is_an_error_that_names_the_option(
    plugin: Any, tmp_path: Path, text: str
) -> None:
    with pytest.raises(Exception, match=f"Read the option {text.partition(':')[0]}"):
        plugin.options_of(text, tmp_path)


@pytest.mark.parametrize("value", ["No", "1.50", "2026-01-31", "null", "{a: b}", "[Shop]"])
@pytest.mark.parametrize("name", ["sites", "hosts", "hostvars", "group_by", "hostnames"])
def test_i06_what_is_no_text_in_a_list_of_texts_is_an_error(plugin: Any, tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"Read the option {name}: .* is not a text"):
        plugin.options_of(f"{name}:\n  - {value}\n", tmp_path)


def test_i06_a_number_in_a_list_of_texts_is_a_text(read: Read, cloud: Served) -> None:
    cloud.reset({**SEED, "sites": [{"name": "42", "servers": [{"name": "Main", "devices": ["Door"]}]}]})
    assert set(read(sites=[42]).hosts) == {"Door"}
    with pytest.raises(AnsibleParserError, match='Find site "43"'):
        read(sites=[43])


def test_i06_what_the_environment_says_is_text(plugin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NXAI_USERNAME", "{{ 7*7 }}")
    monkeypatch.delenv("NXAI_TOKEN")
    assert plugin.options_of("", tmp_path)["username"] == "{{ 7*7 }}"


def test_i06_a_template_makes_no_folder_of_its_own_name(read: Read, tmp_path: Path) -> None:
    folder = f"{{{{ '{tmp_path}' ~ '/c' }}}}"
    read(cache=True, cache_plugin="jsonfile", cache_connection=folder)
    assert (tmp_path / "c").is_dir()
    assert not any("{" in each.name for each in tmp_path.rglob("*"))


# 13: ways of signing in ----------------------------------------------------------------------------------------------


def test_i13_what_the_file_says_comes_before_the_environment(
    read: Read, cloud: Served, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_TOKEN", "nxcdb-of-another-customer")
    monkeypatch.setenv("NXAI_PASSWORD", "of-another-customer")
    assert read(token_file=str(token_file)).hosts
    with pytest.raises(AnsibleParserError, match="401"):
        read()


def test_i13_as_a_whole(read: Read, cloud: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NXAI_CLOUD_URL", cloud.url)
    monkeypatch.setenv("NXAI_USERNAME", "other@example.com")
    monkeypatch.setenv("NXAI_PASSWORD", "s3cret-word")
    with pytest.raises(AnsibleParserError, match="username is set and password is not"):
        read(username="robot@example.com")  # the password is that of another account
    monkeypatch.delenv("NXAI_USERNAME")
    assert read(username="robot@example.com").hosts
    assert cloud.log("issue_token")


@pytest.fixture
def in_ansible_cfg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes options into ansible.cfg, which ansible-core has read when it began."""

    def write(**options: str) -> None:
        path = tmp_path / f"{len(options)}.cfg"  # what is known of a file stays known
        path.write_text("[nxai]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
        monkeypatch.setattr("ansible.constants.CONFIG_FILE", str(path))
        monkeypatch.setattr(config, "_config_file", str(path))
        config._parse_config_file(str(path))

    return write


def test_i13_ansible_cfg_comes_last_and_no_account_is_made_of_two(
    plugin: Any, tmp_path: Path, in_ansible_cfg: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def signs_in(text: str = "") -> dict[str, Any]:
        found = plugin.options_of(text, tmp_path)
        return {name: found[name] for name in ("token_file", "username", "password") if found[name]}

    monkeypatch.delenv("NXAI_TOKEN")
    in_ansible_cfg(token_file="/tmp/token", username="other@example.com", password="of-another")
    assert signs_in("username: robot@example.com\n") == {"username": "robot@example.com"}
    assert signs_in() == {"token_file": "/tmp/token", "username": "other@example.com", "password": "of-another"}
    monkeypatch.setenv("NXAI_USERNAME", "robot@example.com")
    monkeypatch.setenv("NXAI_PASSWORD", "s3cret-word")
    assert signs_in() == {"username": "robot@example.com", "password": "s3cret-word"}
    in_ansible_cfg(username="robot@example.com")
    monkeypatch.delenv("NXAI_USERNAME")
    assert signs_in() == {"username": "robot@example.com", "password": "s3cret-word"}


def test_i13_an_error_names_the_way_and_where_it_came_from(
    read: Read, cloud: Served, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_file.write_text("nxcdb-bad")
    with pytest.raises(AnsibleParserError, match="by token_file, from the task or file itself"):
        read(token_file=str(token_file))
    monkeypatch.setenv("NXAI_TOKEN", "nxcdb-bad")
    with pytest.raises(AnsibleParserError, match="by token, from NXAI_TOKEN"):
        read()
    monkeypatch.delenv("NXAI_TOKEN")
    monkeypatch.setenv("NXAI_USERNAME", "robot@example.com")
    monkeypatch.setenv("NXAI_PASSWORD", "wrong-word")
    monkeypatch.setenv("NXAI_CLOUD_URL", cloud.url)
    with pytest.raises(AnsibleParserError, match="by username and password, from NXAI_USERNAME, NXAI_PASSWORD"):
        read()


def test_i13_empty_variables_mean_unset(plugin: Any, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [entry["name"] for each in plugin.option_definitions.values() for entry in each.get("env") or []]
    for name in names:
        if name not in ("NXAI_TOKEN", "NXAI_API_URL"):
            monkeypatch.setenv(name, "")
    monkeypatch.setenv("NXAI_ACT_AS_KIND", "")
    monkeypatch.setenv("NXAI_ACT_AS_ID", "")
    assert len(names) > 20
    assert read().hosts


def test_i13_what_the_file_leaves_empty_is_left_out(
    plugin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NXAI_TOKEN_FILE", "/tmp/token")
    found = plugin.options_of('token_file: ""\nca_path: ""\n', tmp_path)
    assert (found["token_file"], found["ca_path"]) == ("", "")


def test_i13_the_lookup_as_well(cloud: Served, token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NXAI_TOKEN", "nxcdb-of-another-customer")
    monkeypatch.setenv("NXAI_TIMEOUT", "")
    found = lookup_loader.get("nxai.cloud.nxai_token").run([], {}, token_file=str(token_file))
    assert found == [token_file.read_text()]


def test_i13_a_setting_of_another_kind_is_an_error_still(read: Read) -> None:
    with pytest.raises(AnsibleError):
        read(timeout="{{ 'soon' }}")
