"""Whether a case's record stands, and taking it out of the house to be verified elsewhere."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit import triggers
from audit.models import Chain, Entry, ReadEntry
from audit.verify import verify_chain
from cases.errors import NotAllowed, NotVisible
from cases.models import Case
from supervision.exports import export_record
from tests.factories.accounts import make_actor, make_authority, make_organisation
from tests.supervision.conftest import WriteEntry

pytestmark = pytest.mark.django_db


def verify(client: Client, case: Case, **headers: str) -> str:
    response = client.post(reverse("supervision:verify", args=[case.public_id]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_sound_chain_is_said_to_be_sound(client: Client, case: Case, write: WriteEntry) -> None:
    for _number in range(3):
        write(case)
    shown = verify(client, case)
    assert "核验结论：完好" in shown
    assert "共 3 条" in shown
    assert Chain.objects.get(pk=case.chain_id).head_hash in shown
    assert "<html" in shown
    assert ReadEntry.objects.filter(what="supervision.verify").exists()


def test_partial_answer_is_the_verdict_alone(client: Client, case: Case, write: WriteEntry) -> None:
    write(case)
    shown = verify(client, case, HX_Request="true")
    assert "核验结论：完好" in shown
    assert "<html" not in shown


def tamper(entry: Entry, body: str) -> None:
    with triggers.disabled("default"), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET body = %s WHERE id = %s", [body, entry.pk])


def test_altered_entry_is_named(client: Client, case: Case, write: WriteEntry) -> None:
    entries = [write(case, reason="原意见") for _number in range(3)]
    tamper(entries[1], entries[1].body.replace("原意见", "新意见"))
    shown = verify(client, case)
    assert "核验发现问题" in shown
    assert "第 2 条" in shown
    assert "完好" not in shown


def test_unreadable_entry_is_shown_and_exported_all_the_same(
    client: Client, supervisor: Actor, case: Case, write: WriteEntry
) -> None:
    write(case)
    tamper(write(case), "not JSON")
    assert verify_chain(case.chain) is not None
    page = client.get(reverse("supervision:entry", args=[case.public_id, 2]))
    assert "正文无法读取" in page.content.decode()
    assert client.get(reverse("supervision:entries")).status_code == 200
    lines = export_record(case=case, actor=supervisor).splitlines()
    assert json.loads(lines[1])["unreadable"] == "not JSON"


def test_export_can_be_verified_outside_and_is_recorded(
    client: Client, supervisor: Actor, case: Case, write: WriteEntry
) -> None:
    for _number in range(3):
        write(case)
    response = client.post(reverse("supervision:export", args=[case.public_id]))
    assert response["Content-Disposition"] == f'attachment; filename="{case.case_no}.jsonl"'
    lines = [json.loads(line) for line in response.content.decode().splitlines()]
    head = Chain.objects.get(pk=case.chain_id)
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert [line["prev"] for line in lines] == ["", lines[0]["hash"], lines[1]["hash"]]
    assert lines[-1]["hash"] == head.head_hash
    entry = Entry.objects.get(action="record.exported")
    assert entry.chain.label == "authority:guiyang"
    assert entry.subject == str(case.public_id)
    assert entry.content["data"] == {"chain": head.label, "entries": 3, "head": head.head_hash}
    assert ReadEntry.objects.filter(what="supervision.export").count() == 1


def test_exports_ask_permission_themselves(case: Case, write: WriteEntry) -> None:
    write(case)
    stranger = make_actor(Role.SUPERVISOR, make_authority("遵义市", code="zunyi"))
    with pytest.raises(NotVisible):
        export_record(case=case, actor=stranger)
    from cases.enums import Capacity
    from cases.relations import add_party

    unit = make_organisation("南明区大数据局")
    add_party(case=case, organisation=unit, capacity=Capacity.APPLICANT)
    with pytest.raises(NotAllowed):
        export_record(case=case, actor=make_actor(Role.APPLICANT, unit))
    assert not Entry.objects.filter(action="record.exported").exists()
