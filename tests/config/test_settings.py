"""What a deployment must choose: production refuses without it, and says what is missing and how to set it."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.encryption import decrypt, encrypt
from config import checks
from config.settings import environment

ROOT = Path(__file__).resolve().parents[2]
KEYS = {name: base64.urlsafe_b64encode(name.encode() * 32).decode() for name in "abc"}
WHOLE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "0123456789" * 6,
    "FIELD_KEYS": f"a:{KEYS['a']}",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "licheng.example.cn",
    "SITE_URL": "https://licheng.example.cn",
    "EMAIL_URL": "smtp+tls://licheng%40example.cn:a%3Ab@smtp.example.cn:2525?timeout=7",
    "DEFAULT_FROM_EMAIL": "licheng@example.cn",
}
TELL = """
import json
from django.conf import settings
names = ("SETTINGS_MODULE", "DEMO", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_TIMEOUT")
print(json.dumps([getattr(settings, name, None) for name in names]))
"""


def run(*command: str, **chosen: str) -> subprocess.CompletedProcess[str]:
    """A process with these variables and none of ours."""
    ours = (*WHOLE, "EMAIL_BACKEND", "LICHENG_VAR")
    env = {name: value for name, value in os.environ.items() if name not in ours} | chosen
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in WHOLE.items() if name not in names}


def test_a_whole_environment_passes_the_deployment_check() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **WHOLE)
    assert done.returncode == 0, done.stderr


def test_production_names_everything_that_is_missing() -> None:
    names = ("FIELD_KEYS", "SITE_URL", "EMAIL_URL")
    done = run("manage.py", "check", "--deploy", **without(*names))
    assert done.returncode != 0
    for name in names:
        assert name in done.stderr
    assert "secrets.token_bytes(32)" in done.stderr, "how a key is made"
    assert "SECRET_KEY (" not in done.stderr, "what is set is not asked for"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"SITE_URL": "http://127.0.0.1:8000"}, ("licheng.E002", "Set SITE_URL")),
        (
            {"EMAIL_URL": "", "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
            ("licheng.E003", "Set EMAIL_URL"),
        ),
        ({"DEFAULT_FROM_EMAIL": "licheng@localhost"}, ("licheng.E004", "Set DEFAULT_FROM_EMAIL")),
    ],
    ids=["site", "mail", "sender"],
)
def test_the_deployment_check_says_what_to_set(chosen: dict[str, str], said: tuple[str, ...]) -> None:
    done = run("manage.py", "check", "--deploy", **(WHOLE | chosen))
    assert done.returncode != 0
    for text in said:
        assert text in done.stderr


def test_keys_that_were_not_chosen_are_an_error(settings: Any) -> None:
    settings.FIELD_KEYS = {}
    (error,) = checks.keys_are_chosen()
    assert error.id == "licheng.E001"
    settings.FIELD_KEYS = {"a": KEYS["a"]}
    assert checks.keys_are_chosen() == []


def test_types_that_nobody_can_tell_are_an_error(settings: Any) -> None:
    assert checks.materials_can_be_taken() == []
    for wrong in (["PDF", "EXE"], []):
        settings.MATERIAL_TYPES = wrong
        (error,) = checks.materials_can_be_taken()
        assert error.id == "licheng.E005"


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("", False),
        ("tcp://127.0.0.1:3310", False),
        ("unix:///run/clamav/clamd.ctl", False),
        ("127.0.0.1:3310", True),
        ("tcp://", True),
        ("unix://", True),
    ],
)
def test_a_scanner_s_address_that_cannot_be_read_is_an_error(settings: Any, url: str, wrong: bool) -> None:
    settings.CLAMD_URL = url
    assert [error.id for error in checks.scanner_can_be_asked()] == (["licheng.E006"] if wrong else [])


def test_without_a_choice_a_database_server_is_never_the_demonstrations(tmp_path: Path) -> None:
    told = run("manage.py", "shell", "-v", "0", "-c", TELL, LICHENG_VAR=str(tmp_path))
    assert told.stdout.startswith('["config.settings.demo", true'), told.stderr
    refused = run("manage.py", "check", DATABASE_URL=WHOLE["DATABASE_URL"])
    assert refused.returncode != 0
    assert "must be set in production" in refused.stderr
    served = run("-c", "import config.asgi")
    assert served.returncode != 0
    assert "must be set in production" in served.stderr


def test_one_line_says_how_mails_leave() -> None:
    told = run("manage.py", "shell", "-v", "0", "-c", TELL, **WHOLE)
    expected = '["config.settings.production", false, "licheng@example.cn", "a:b", 2525, true, 7]'
    assert told.stdout.strip() == expected, told.stderr


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.cn", 25, False, False),
        ("smtp+tls://u:p@mail.example.cn", 587, True, False),
        ("smtps://u:p@mail.example.cn", 465, False, True),
    ],
)
def test_mail_addresses(url: str, port: int, tls: bool, ssl: bool) -> None:
    found = environment.email(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)
    assert found["EMAIL_HOST"] == "mail.example.cn"


@pytest.mark.parametrize("url", ["mail.example.cn", "imap://mail.example.cn", "smtp://"])
def test_other_mail_addresses_are_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.email(url)


def test_keys_are_read_in_their_order() -> None:
    keys = environment.field_keys(f" b:{KEYS['b']}, a:{KEYS['a']} ,")
    assert list(keys.items()) == [("b", KEYS["b"]), ("a", KEYS["a"])]
    assert environment.field_keys("") == {}


@pytest.mark.parametrize(
    "text",
    ["onlyakey", f":{KEYS['a']}", "a:short", f"a:{KEYS['a']},a:{KEYS['b']}", f"a b:{KEYS['a']}", "a:ä=="],
)
def test_other_keys_are_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS") as refused:
        environment.field_keys(text)
    assert KEYS["a"] not in str(refused.value)


def test_keys_rotate_without_touching_rows(settings: Any) -> None:
    settings.FIELD_KEYS = {}
    before = encrypt("某公司")
    settings.FIELD_KEYS = {"a": KEYS["a"]}
    first = encrypt("某公司")
    settings.FIELD_KEYS = {"b": KEYS["b"], "a": KEYS["a"]}
    second = encrypt("某公司")
    assert [stored.partition(":")[0] for stored in (before, first, second)] == ["k0", "a", "b"]
    assert [decrypt(stored) for stored in (before, first, second)] == ["某公司"] * 3
    settings.FIELD_KEYS = {"b": KEYS["b"]}
    with pytest.raises(ValueError, match="'a'"):
        decrypt(first)


def test_what_the_documents_name_exists() -> None:
    """deploy/README.md tells of every service, and the sample environment of everything production asks for."""
    guide = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    for service in (ROOT / "deploy" / "systemd").glob("*.service"):
        assert f"systemd/{service.name}" in guide
        assert guide.count(service.name.partition(".")[0].partition("@")[0]) >= 3, "installed, upgraded"
    sample = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    chosen = set(re.findall(r"^([A-Z_]+)=", sample, re.M))
    assert set(WHOLE) <= chosen
    head = (ROOT / "config" / "settings" / "base.py").read_text(encoding="utf-8").split('"""')[1]
    for named in re.findall(r"[\w/]+\.(?:md|example)", head):
        assert (ROOT / named).exists(), named
