"""The pages of a working copy, as a policy administrator uses them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from programmes import packs
from programmes.enums import CopyStatus, EditionStatus
from programmes.models import Edition, WorkingCopy
from tests.factories.accounts import make_authority
from tests.factories.programmes import make_edition, mini_files
from tests.workshop.visits import sign_in
from workshop.copies import archive_of, clone_edition

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def author(client: Client) -> Actor:
    return sign_in(client, Role.POLICY_ADMIN, name="何编写")


@pytest.fixture
def base(db: None) -> Edition:
    return make_edition()


@pytest.fixture
def copy(base: Edition, author: Actor) -> WorkingCopy:
    return clone_edition(edition=base, actor=author)


@pytest.fixture
def second(copy: WorkingCopy) -> Client:
    client = Client()
    sign_in(client, Role.POLICY_ADMIN, name="方审核")
    return client


def url(name: str, copy: Any, path: str = "") -> str:
    address = reverse(f"workshop:{name}", args=[copy.public_id])
    return f"{address}?path={path}" if path else address


def page(client: Client, name: str, copy: Any, path: str = "") -> str:
    answer = client.get(url(name, copy, path))
    assert answer.status_code == 200
    return str(answer.content.decode())


def save(
    client: Client, copy: WorkingCopy, path: str, text: str, version: int | None = None, **kw: Any
) -> Any:
    version = version if version is not None else copy.files.get(path=path).version
    return client.post(url("file", copy, path), {"text": text, "version": str(version)}, **kw)


def told(client: Client, answer: Any) -> str:
    return str(client.get(answer["Location"]).content.decode())


def upload(data: bytes) -> dict[str, Any]:
    return {"pack": SimpleUploadedFile("pack.zip", data, content_type="application/zip")}


def test_cloning_proposes_a_number(client: Client, author: Actor, base: Edition) -> None:
    shown = client.get(reverse("workshop:clone", args=[base.public_id])).content.decode()
    assert 'value="2026.2"' in shown
    answer = client.post(reverse("workshop:clone", args=[base.public_id]), {"number": "2027.1", "code": ""})
    copy = WorkingCopy.objects.get()
    assert answer["Location"] == url("copy", copy)
    assert "拟定版本 2027.1" in page(client, "copy", copy)
    taken = client.post(reverse("workshop:clone", args=[base.public_id]), {"number": "2026.1", "code": ""})
    assert taken.status_code == 422
    assert "已被使用" in taken.content.decode()


def test_the_copy_lists_its_files_and_who_wrote_them(client: Client, copy: WorkingCopy) -> None:
    shown = page(client, "copy", copy)
    for text in ("programme.yaml", "forms/BASIC.yaml", "letters/receipt.md", "何编写", "编写中", "送审"):
        assert text in shown
    assert "scenarios/straight.yaml" in page(client, "check", copy)  # the small pack's is none
    client.post(url("file_remove", copy, "scenarios/straight.yaml"))
    assert "检查通过" in page(client, "check", copy)


def test_the_editor_shows_text_help_and_line(client: Client, copy: WorkingCopy) -> None:
    shown = client.get(url("file", copy, "rules.yaml") + "&line=7").content.decode()
    for text in ("expr: revenue &gt;= 1000", 'data-line="7"', "编写说明", "应当成立的判断式", "关口与动作"):
        assert text in shown
    assert client.get(url("file", copy, "nothing.yaml")).status_code == 404


def test_saving_with_and_without_the_script(client: Client, copy: WorkingCopy) -> None:
    assert save(client, copy, "rules.yaml", "- [broken\r\n").status_code == 302
    assert copy.files.get(path="rules.yaml").text == "- [broken\n"
    answer = save(client, copy, "rules.yaml", "[]\n", **JSON)
    assert answer.status_code == 200
    assert answer.json()["version"] == copy.files.get(path="rules.yaml").version
    assert "已保存" in answer.json()["message"]


def test_the_slower_tab_sees_both_texts(client: Client, copy: WorkingCopy, second: Client) -> None:
    seen = copy.files.get(path="rules.yaml").version
    save(second, copy, "rules.yaml", "对方的内容\n", seen)
    slow = save(client, copy, "rules.yaml", "我的内容 <b>\n", seen)
    assert slow.status_code == 409
    shown = slow.content.decode()
    for text in ("我的内容 &lt;b&gt;", "对方的内容", "方审核", "已被修改"):
        assert text in shown
    plain = save(client, copy, "rules.yaml", "我的内容\n", seen, **JSON)
    assert plain.status_code == 409
    assert plain.json()["text"] == "对方的内容\n"
    assert "方审核" in plain.json()["message"]
    assert copy.files.get(path="rules.yaml").text == "对方的内容\n"
    assert save(client, copy, "rules.yaml", "我的内容\n", plain.json()["version"], **JSON).status_code == 200


def test_live_checking_reads_what_is_typed_and_writes_nothing(client: Client, copy: WorkingCopy) -> None:
    before = copy.files.get(path="rules.yaml").text
    typed = before.replace("revenue >= 1000", "revenu >= 1000")
    answer = client.post(url("check", copy), {"path": "rules.yaml", "text": typed})
    shown = answer.content.decode()
    assert "revenu" in shown
    line = next(n for n, text in enumerate(typed.splitlines(), 1) if "revenu >=" in text)
    assert f'data-line="{line}"' in shown
    assert f"line={line}" in shown
    assert copy.files.get(path="rules.yaml").text == before


def test_broken_yaml_is_told_with_its_line(client: Client, copy: WorkingCopy) -> None:
    answer = client.post(url("check", copy), {"path": "rules.yaml", "text": "- id: X\n  expr: [\n- y\n"})
    assert answer.status_code == 200
    assert "不是规范的 YAML" in answer.content.decode()


def test_what_was_typed_is_text_everywhere(client: Client, copy: WorkingCopy, author: Actor) -> None:
    attack = "</textarea><script>alert(1)</script>"
    save(client, copy, "README.md" if copy.files.filter(path="README.md") else "rules.yaml", attack)
    programme = copy.files.get(path="programme.yaml")
    text = programme.text.replace("title: {zh: 申报}", 'title: {zh: "<script>alert(2)</script>"}')
    text = text.replace('edition: "2026.2"', 'edition: "<img src=x>"')
    save(client, copy, "programme.yaml", text)
    for name, path in (
        ("copy", ""),
        ("file", "rules.yaml"),
        ("check", ""),
        ("copy_lifecycle", ""),
        ("copy_compare", ""),
        ("earlier", ""),
        ("scenarios", ""),
    ):
        shown = page(client, name, copy, path)
        assert "<script>alert" not in shown
        assert "<img src=x>" not in shown
    answer = client.post(url("check", copy), {"path": "rules.yaml", "text": f"- {{'{attack}': 1}}"})
    assert "<script>alert" not in answer.content.decode()


def test_files_are_added_renamed_removed_and_restored(client: Client, copy: WorkingCopy) -> None:
    assert client.post(url("file_add", copy), {"path": "forms/NEW.yaml"}).status_code == 302
    refused = client.post(url("file_add", copy), {"path": "../x.yaml"})
    assert refused.status_code == 422
    assert "没有这样的文件" in refused.content.decode()
    client.post(url("file_rename", copy, "forms/NEW.yaml"), {"path": "forms/NEWER.yaml"})
    assert copy.files.filter(path="forms/NEWER.yaml").exists()
    client.post(url("file_remove", copy, "rules.yaml"))
    assert not copy.files.filter(path="rules.yaml").exists()
    kept = copy.earlier_texts.get(path="rules.yaml")
    assert "rules.yaml" in page(client, "earlier", copy)
    assert "revenue" in client.get(url("earlier", copy) + f"?id={kept.pk}").content.decode()
    client.post(url("file_restore", copy), {"id": str(kept.pk)})
    assert copy.files.get(path="rules.yaml").text == kept.text


def test_a_pack_is_imported_and_downloaded_unchanged(client: Client, author: Actor) -> None:
    make_authority()
    source = packs.archive(mini_files())
    assert client.post(reverse("workshop:import"), upload(source)).status_code == 302
    copy = WorkingCopy.objects.get()
    assert client.get(url("copy_download", copy)).content == source
    assert "新事项的工作副本" in client.get(reverse("workshop:programmes")).content.decode()


def test_hostile_uploads_are_told_and_refused(client: Client, author: Actor) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("programme.yaml", "id: mini\n")
        archive.writestr("../<script>.yaml", "x")
    for data in (b"x", buffer.getvalue()):
        answer = client.post(reverse("workshop:import"), upload(data))
        assert answer.status_code == 422
        assert "不能作为政策包导入" in answer.content.decode()
        assert "<script>.yaml" not in answer.content.decode()
    assert client.post(reverse("workshop:import"), {}).status_code == 422
    assert not WorkingCopy.objects.exists()


def test_an_upload_replaces_the_files(client: Client, copy: WorkingCopy) -> None:
    source = packs.archive(mini_files({"programme.yaml": lambda c: c.update(edition="2026.7")}))
    data = upload(source) | {"version": str(WorkingCopy.objects.get(pk=copy.pk).version)}
    assert client.post(url("copy_upload", copy), data).status_code == 302
    assert archive_of(copy) == source
    stale = upload(source) | {"version": "1"}
    assert client.post(url("copy_upload", copy), stale).status_code == 422


def test_the_lifecycle_shows_the_offending_path(client: Client, copy: WorkingCopy) -> None:
    assert "ws-box-bad" not in page(client, "copy_lifecycle", copy)
    text = copy.files.get(path="programme.yaml").text
    cut = text.replace("propose_revocation: {to: revocation, clause: M·第四条}", "{}").replace(
        "commands:\n        {}", "commands: {}"
    )
    save(client, copy, "programme.yaml", cut)
    shown = page(client, "copy_lifecycle", copy)
    for mark in ("等待环节没有出口", "ws-box-bad", "ws-line-bad"):
        assert mark in shown
    save(client, copy, "programme.yaml", "id: [")
    assert "改正后方可绘出环节图" in page(client, "copy_lifecycle", copy)


def test_a_comparison_is_in_the_words_of_the_policy(client: Client, copy: WorkingCopy) -> None:
    text = copy.files.get(path="rules.yaml").text
    changed = text.replace("revenue >= 1000", "revenue >= 800").replace("revenue: 999.99", "revenue: 799.99")
    save(client, copy, "rules.yaml", changed)
    shown = page(client, "copy_compare", copy)
    for words in ("1000", "800", "M-2", "M·第二条", "涉及条款", "规则"):
        assert words in shown
    client.cookies["django_language"] = "en"
    client.post(reverse("accounts:set_language"), {"language": "en"})
    assert page(client, "copy_compare", copy)


def test_the_same_edition_twice_has_no_differences(client: Client, copy: WorkingCopy, base: Edition) -> None:
    text = copy.files.get(path="programme.yaml").text.replace('"2026.2"', '"2026.1"')
    save(client, copy, "programme.yaml", text)
    assert "两个版本内容相同" in page(client, "copy_compare", copy)


def submitted(client: Client, copy: WorkingCopy) -> WorkingCopy:
    version = WorkingCopy.objects.get(pk=copy.pk).version
    client.post(url("submit", copy), {"version": str(version)})
    return WorkingCopy.objects.select_related("edition").get(pk=copy.pk)


def test_two_persons_publish(client: Client, copy: WorkingCopy, second: Client) -> None:
    waiting = submitted(client, copy)
    assert waiting.status == CopyStatus.SUBMITTED
    assert waiting.edition is not None
    own = page(client, "copy", copy)
    assert "应由另一名政策管理员审核发布" in own
    assert "撤回送审" in own
    assert url("publish", copy) not in own
    refused = client.post(url("publish", copy), {"digest": waiting.edition.digest})
    assert "您参与了该版本的编写" in told(client, refused)
    theirs = page(second, "copy", copy)
    assert url("publish", copy) in theirs
    assert url("reject", copy) in theirs
    done = second.post(url("publish", copy), {"digest": waiting.edition.digest})
    assert done["Location"] == reverse("workshop:edition", args=[waiting.edition.public_id])
    waiting.edition.refresh_from_db()
    assert waiting.edition.status == EditionStatus.PUBLISHED
    assert "已发布" in told(second, done)


def test_a_draft_is_not_published_past_its_review(client: Client, copy: WorkingCopy, second: Client) -> None:
    waiting = submitted(client, copy)
    assert waiting.edition is not None
    address = reverse("workshop:edition_publish", args=[waiting.edition.public_id])
    client.post(address, {"digest": waiting.edition.digest})
    second.post(address, {})  # without saying what was read
    waiting.edition.refresh_from_db()
    assert waiting.edition.status == EditionStatus.DRAFT
    second.post(address, {"digest": waiting.edition.digest})
    assert WorkingCopy.objects.get(pk=copy.pk).status == CopyStatus.PUBLISHED


def test_it_goes_back_with_a_note(client: Client, copy: WorkingCopy, second: Client) -> None:
    submitted(client, copy)
    assert second.post(url("reject", copy), {"note": ""}).status_code == 422
    assert client.post(url("reject", copy), {"note": "自己退回"}).status_code == 422
    second.post(url("reject", copy), {"note": "收入标准应为<800>万元。"})
    shown = page(client, "copy", copy)
    assert "已退回修改" in shown
    assert "收入标准应为&lt;800&gt;万元。" in shown
    assert WorkingCopy.objects.get(pk=copy.pk).status == CopyStatus.EDITING


def test_problems_keep_it_with_its_author(client: Client, copy: WorkingCopy) -> None:
    save(client, copy, "rules.yaml", "- {id: X}\n")
    version = WorkingCopy.objects.get(pk=copy.pk).version
    answer = client.post(url("submit", copy), {"version": str(version)})
    assert answer.status_code == 422
    assert "须改正的问题" in answer.content.decode()
    assert not Edition.objects.filter(status=EditionStatus.DRAFT).exists()


def test_withdrawn_and_given_up(client: Client, copy: WorkingCopy) -> None:
    submitted(client, copy)
    client.post(url("withdraw", copy))
    assert client.post(url("copy_discard", copy), {"reason": ""}).status_code == 422
    client.post(url("copy_discard", copy), {"reason": "政策暂缓"})
    assert WorkingCopy.objects.get(pk=copy.pk).status == CopyStatus.DISCARDED
    shown = page(client, "file", copy, "rules.yaml")
    assert "readonly" in shown
    assert save(client, copy, "rules.yaml", "x", **JSON).status_code == 422


def test_retiring_needs_a_reason(client: Client, author: Actor, base: Edition) -> None:
    address = reverse("workshop:edition_retire", args=[base.public_id])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert "已停用" in told(client, client.post(address, {"reason": "由新办法取代"}))
    base.refresh_from_db()
    assert base.status == EditionStatus.RETIRED


def test_editions_are_compared(client: Client, author: Actor, base: Edition) -> None:
    other = make_edition({"programme.yaml": lambda c: c.update(edition="2026.5", summary={"zh": "新的"})})
    shown = page(client, "edition_compare", other)
    assert "2026.1" in shown
    assert "版本号" in shown


def test_search_and_status(client: Client, author: Actor, base: Edition, copy: WorkingCopy) -> None:
    address = reverse("workshop:programmes")
    for query, found in (("?q=示范", True), ("?q=MINI", True), ("?q=没有", False), ("?status=draft", False)):
        shown = client.get(address + query).content.decode()
        assert (reverse("workshop:edition", args=[base.public_id]) in shown) is found
    assert url("copy", copy) in client.get(address).content.decode()
    assert "没有符合条件的事项" in client.get(address + "?q=没有").content.decode()


def test_json_of_a_conflict_is_valid(client: Client, copy: WorkingCopy) -> None:
    answer = save(client, copy, "rules.yaml", "x", 99, **JSON)
    assert json.loads(answer.content)["version"] == 1
