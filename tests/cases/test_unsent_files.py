"""What was taken out of a draft before it was sent does not fill the disk; what was sent stays for good."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from audit import clock
from audit.models import Entry
from cases.enums import ScanState, SignatureWay
from cases.materials import add_material, remove_material
from cases.models import Case, Material, Signature
from cases.unsent_files import LOOKED_BACK, drop_unsent
from tests.factories.cases import PDF, World
from workflows.scans import look_after_files
from workflows.sent_versions import files_of

Capture = Any


def add(world: World, case: Case, content: bytes = PDF + b"% more\n", item: str = "m8_policy") -> Material:
    upload = SimpleUploadedFile("政策.pdf", content)
    return add_material(case=case, item=item, upload=upload, tags=[], actor=world.applicant)


def later() -> None:
    clock.set_clock(clock.now() + (LOOKED_BACK / 100))


def test_filling_and_emptying_a_draft_leaves_no_bytes(
    world: World, django_capture_on_commit_callbacks: Capture
) -> None:
    case = world.draft()
    for number in range(5):
        row = add(world, case, PDF + b"%" * (number + 1))
        name = row.file.name
        with django_capture_on_commit_callbacks(execute=True):
            remove_material(material=row, actor=world.applicant)
        assert not default_storage.exists(name)
    rows = case.materials.all()
    assert [(row.file.name, row.removed_at is not None) for row in rows] == [("", True)] * 5


def test_what_was_sent_is_kept(world: World, django_capture_on_commit_callbacks: Capture) -> None:
    case = world.submitted()
    old = case.materials.get(item="m7_license")
    later()
    case = world.do(case, "file.return_for_correction", reason="请更换证照。")
    later()
    new = add(world, case)
    for row in (old, new):
        row.case = case
        with django_capture_on_commit_callbacks(execute=True):
            remove_material(material=row, actor=world.applicant)
    assert default_storage.exists(old.file.name)
    assert Material.objects.get(pk=old.pk).file.name == old.file.name
    assert Material.objects.get(pk=new.pk).file.name == ""


def test_a_scan_that_was_once_a_seal_is_kept(world: World) -> None:
    case = world.draft()
    row = add(world, case)
    assert world.applicant.user is not None
    Signature.objects.create(
        case=case, declaration=case.declarations.get(), gate="declare.submit", key="seal", label="公章",
        way=SignatureWay.SCAN, content="0" * 64, statement="属实", statement_digest="0" * 64,
        organisation=world.zone, signer=world.applicant.user, sealed_by="张三", material=row,
    )  # fmt: skip
    remove_material(material=row, actor=world.applicant)
    assert drop_unsent() == 0
    assert default_storage.exists(row.file.name)


def test_what_could_not_be_deleted_at_once_is_deleted_by_the_dispatcher(world: World) -> None:
    case = world.draft()
    row = add(world, case)
    live = add(world, case, PDF)
    Material.objects.filter(pk=row.pk).update(scan=ScanState.PENDING, scan_after=clock.now())
    remove_material(material=row, actor=world.applicant)  # the test's transaction is not committed
    assert default_storage.exists(row.file.name)
    later()
    Material.objects.filter(pk=row.pk).update(scan_after=None)
    assert look_after_files() == 1
    assert not default_storage.exists(row.file.name)
    assert Material.objects.get(pk=row.pk).scan == ScanState.OFF, "there is nothing left to scan"
    assert default_storage.exists(live.file.name)
    assert look_after_files() == 0


@pytest.mark.parametrize("late", [0, 1])
def test_what_lies_with_the_draft_when_it_is_sent_belongs_to_the_version(world: World, late: int) -> None:
    """A file that was kept while the sending waited for the draft carries a later time than the request."""
    case = world.fill(world.draft())
    row = add(world, case)
    taken_out = add(world, case, PDF + b"% another\n")
    moment = clock.now() + LOOKED_BACK / 1000 * late
    Material.objects.filter(pk=row.pk).update(uploaded_at=moment)
    Material.objects.filter(pk=taken_out.pk).update(removed_at=moment)
    case = world.do(case, "declare.submit", statement=True)
    version = case.declarations.get()
    assert version.submitted_at == moment
    assert case.submitted_at == moment
    everything = list(case.materials.order_by("pk"))
    listed = files_of(everything, version)
    assert row in listed
    assert taken_out not in listed
    entry = Entry.objects.get(chain=case.chain, action="declare.submit")
    assert set(entry.content["data"]["materials"]) == {str(file.public_id) for file in listed}
