"""管理留痕: the audit administrator reads who opened, closed and granted what, and whether the chain stands."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.assignments import grant_role
from accounts.enums import Role
from accounts.models import RoleAssignment, User
from accounts.organisations import amend_organisation, rename_organisation
from accounts.signers import register_signer
from accounts.substitutions import appoint_substitute
from accounts.users import amend_user, create_user, deactivate_user
from audit import clock
from audit.models import Entry, ReadEntry
from supervision import administration
from supervision.administration import ACTIONS, KEYS, title_of
from supervision.wording import READS
from tests.audit.tampering import tamper
from tests.factories.accounts import (
    PASSWORD,
    make_actor,
    make_authority,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db
PAGE, VERIFY = "supervision:administration", "supervision:administration_verify"


def client_of(actor: Actor) -> Client:
    client = Client()
    assert actor.user is not None
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def auditor() -> Client:
    return client_of(make_actor(Role.AUDIT_ADMIN, make_authority()))


@pytest.fixture
def wang() -> User:
    """王经办, opened and made an officer by the administrators of the city."""
    city = make_authority()
    bureau = make_organisation("市大数据局")
    keeper = make_actor(Role.SYSTEM_ADMIN, city, user=make_user("周系统", organisation=city))
    security = make_actor(Role.SECURITY_ADMIN, city, user=make_user("吴安全", organisation=city))
    user = create_user(username="wang", name="王经办", password=PASSWORD, organisation=bureau, actor=keeper)
    grant_role(
        user=user,
        role=Role.OFFICER,
        organisation=bureau,
        valid_from=clock.today(),
        reason="筑府任〔2026〕3号",
        actor=security,
    )
    amend_organisation(organisation=bureau, region_code="520100", reason="核实", actor=keeper)
    return user


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def test_acts_are_told_in_words_with_whom_they_concern(auditor: Client, wang: User) -> None:
    page = auditor.get(reverse(PAGE)).content.decode()
    titles = rows(page)
    assert titles.index("更正机构信息") < titles.index("授予角色") < titles.index("新增账号"), (
        "the latest first"
    )
    for told in (
        "王经办（wang）",
        "吴安全（贵阳市，安全管理员）",
        "筑府任〔2026〕3号",
        "经办人",
        "市大数据局",
    ):
        assert told in page
    table = page.partition("<tbody")[2]
    assert "role.granted" not in table and str(wang.public_id) not in table


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"action": "role."}, {"授予角色"}),
        ({"action": "user.created"}, {"新增账号"}),
        ({"actor": "吴安全"}, {"授予角色"}),
        ({"subject": "王经办", "action": "user."}, {"新增账号"}),
        ({"subject": "wang"}, {"新增账号", "授予角色"}),
        ({"subject": "大数据", "action": "organisation."}, {"新增机构", "更正机构信息"}),
        ({"subject": "大数据", "action": "role."}, {"授予角色"}),
        ({"since": "0001-01-01", "actor": "吴安全"}, {"授予角色"}),
        ({"until": "9999-12-31", "actor": "吴安全"}, {"授予角色"}),
        ({"since": "2000-01-01", "until": "2000-01-02"}, set()),
        ({"action": "nonsense", "actor": "吴安全"}, {"授予角色"}),
        ({"after": "nonsense", "actor": "吴安全"}, {"授予角色"}),
    ],
)
def test_they_are_found(auditor: Client, wang: User, query: dict[str, str], found: set[str]) -> None:
    assert set(rows(auditor.get(reverse(PAGE), query).content.decode())) == found


def test_pages_go_on_from_the_last_number_with_the_same_queries(auditor: Client, wang: User) -> None:
    with CaptureQueriesContext(connection) as few:
        auditor.get(reverse(PAGE))
    keeper = make_actor(Role.SYSTEM_ADMIN, make_authority())
    for _number in range(40):
        deactivate_user(user=make_user(organisation=wang.organisation), reason="离职", actor=keeper)
    with CaptureQueriesContext(connection) as many:
        first = auditor.get(reverse(PAGE)).content.decode()
    assert len(many) == len(few)
    older = re.search(r'rel="next" href="\?after=(\d+)"', first)
    assert older is not None
    second = auditor.get(reverse(PAGE), {"after": older[1]}).content.decode()
    numbers = [re.findall(r'<td class="lc-nowrap">(\d+)</td>', page) for page in (first, second)]
    assert len(numbers[0]) == 30
    assert numbers[0] + numbers[1] == [str(n) for n in range(int(numbers[0][0]), 0, -1)]


def test_reading_is_on_the_read_log(auditor: Client, wang: User) -> None:
    auditor.get(reverse(PAGE))
    read = ReadEntry.objects.get()
    assert (read.kind, read.key, read.what) == ("authority", "guiyang", "supervision.administration")
    assert read.what in READS


def test_the_chain_is_verified_and_a_forged_entry_is_found(auditor: Client, wang: User) -> None:
    assert "核验结论：完好" in auditor.post(reverse(VERIFY)).content.decode()
    entry = Entry.objects.get(action="role.granted")
    tamper("UPDATE audit_entry SET action = 'role.ended' WHERE id = %s", entry.pk)
    page = auditor.post(reverse(VERIFY)).content.decode()
    assert "核验发现问题" in page and f"第 {entry.seq} 条" in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDIT_ADMIN}))
def test_others_are_refused(role: Role) -> None:
    other = client_of(make_actor(role, make_authority()))
    assert other.get(reverse(PAGE)).status_code == 403
    assert other.post(reverse(VERIFY)).status_code == 403


def test_an_auditor_of_a_lower_unit_does_not_read_the_whole_city() -> None:
    local = client_of(make_actor(Role.AUDIT_ADMIN, make_organisation("南明区")))
    assert local.get(reverse(PAGE)).status_code == 403


def test_another_authority_has_a_record_of_its_own(wang: User) -> None:
    stranger = client_of(make_actor(Role.AUDIT_ADMIN, make_authority("遵义市", code="zunyi")))
    page = stranger.get(reverse(PAGE)).content.decode()
    assert "王经办" not in page and "授予角色" not in rows(page)


def test_a_forged_form_is_refused(auditor: Client) -> None:
    actor = make_actor(Role.AUDIT_ADMIN, make_authority())
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(reverse(VERIFY)).status_code == 403


def test_every_act_that_the_rooms_write_has_words() -> None:
    """The codes as they stand in the source of the doors that write on the authority's chain."""
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    sources = [*root.glob("accounts/*.py"), root / "programmes/editions.py", root / "workshop/copies.py"]
    sources += [root / "supervision/exports.py", root / "workflows/documents/dossier.py"]
    kinds = "|".join(ACTIONS)
    written = {
        code
        for source in sources
        for code in re.findall(rf'"((?:{kinds})\.[a-z_]+)"', source.read_text(encoding="utf-8"))
    }
    assert len(written) > 30
    assert {code for code in written if title_of(code) == code} == set()


def test_each_administrator_finds_the_way_from_home() -> None:
    ways = {
        Role.SYSTEM_ADMIN: ("accounts:people", "accounts:units"),
        Role.SECURITY_ADMIN: ("accounts:grants", "accounts:people", "accounts:units", "accounts:signers"),
        Role.AUDIT_ADMIN: (PAGE,),
    }
    every = {route for routes in ways.values() for route in routes}
    for role, routes in ways.items():
        client = client_of(make_actor(role, make_authority()))
        main = client.get(reverse("workflows:home")).content.decode().partition("<main")[2]
        assert {route for route in every if f'href="{reverse(route)}"' in main} == set(routes)
        for route in routes:
            page = client.get(reverse(route)).content.decode()
            assert f'<a href="{reverse(route)}" aria-current="page">' in page


def test_people_and_units_are_found_with_what_they_sign_and_stand_in_for_and_by_former_names(
    auditor: Client, wang: User
) -> None:
    city, bureau = make_authority(), wang.organisation
    keeper, security = make_actor(Role.SYSTEM_ADMIN, city), make_actor(Role.SECURITY_ADMIN, city)
    held = RoleAssignment.objects.get(user=wang, role=Role.OFFICER)
    deputy = make_user("赵代办", organisation=make_organisation("另一局"))
    register_signer(
        user=wang, organisation=bureau, valid_from=clock.today(), reason="函〔2026〕1号", actor=security
    )
    appoint_substitute(
        assignment=held,
        substitute=deputy,
        valid_from=clock.today(),
        valid_until=clock.today(),
        reason="出差",
        actor=security,
    )
    rename_organisation(organisation=bureau, name="市数据局", reason="改革", actor=keeper)
    facts = {"organisation": bureau, "email": "", "phone": ""}
    amend_user(user=wang, name="王改名", reason="更名", actor=keeper, **facts)
    held_and_signed = {"授予角色", "登记签章人", "指定代办人"}
    for words in ("王改名", "王经办"):
        found = set(rows(auditor.get(reverse(PAGE), {"subject": words}).content.decode()))
        assert found == {"新增账号", "更正账号信息", *held_and_signed}, words
    for words in ("市数据局", "大数据局"):
        found = set(rows(auditor.get(reverse(PAGE), {"subject": words}).content.decode()))
        assert found == {"新增机构", "更正机构信息", "机构更名", *held_and_signed}, words
    assert set(rows(auditor.get(reverse(PAGE), {"subject": "赵代办"}).content.decode())) == {"指定代办人"}
    page = auditor.get(reverse(PAGE), {"action": "substitute."}).content.decode()
    assert "赵代办 ← 王改名" in page
    page = auditor.get(reverse(PAGE), {"action": "user.amended"}).content.decode()
    assert "<dt>原姓名</dt><dd>王经办</dd>" in page


def test_words_that_fit_too_many_are_to_be_narrowed_down_and_only_the_own_city_is_looked_at(
    auditor: Client, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MOST", 3)
    elsewhere = make_authority("遵义市", code="zunyi")
    for number in range(5):
        make_organisation(f"遵义大数据{number}局", parent=elsewhere)
    assert rows(auditor.get(reverse(PAGE), {"subject": "大数据"}).content.decode())
    for number in range(4):
        make_organisation(f"大数据{number}局")
    page = auditor.get(reverse(PAGE), {"subject": "大数据"}).content.decode()
    assert rows(page) == [] and "缩小范围" in page.partition('id="field-subject"')[2]


def test_an_auditor_of_a_lower_unit_is_not_shown_the_way() -> None:
    local = client_of(make_actor(Role.AUDIT_ADMIN, make_organisation("南明区")))
    assert f'href="{reverse(PAGE)}"' not in local.get(reverse("accounts:profile")).content.decode()


def test_every_key_that_the_rooms_write_has_words() -> None:
    assert {"programme", "digest", "file", "before", "after", "chain", "entries", "head", "replaced"} <= set(
        KEYS
    )
