"""The dossier of a case: who gets which part of it, that it can be checked, and that no name does harm."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile

from accounts.actors import Actor
from audit import triggers
from audit.models import Entry
from cases.file_names import RESERVED
from cases.models import Case, Material
from tests.factories.cases import PDF, World
from tests.workflows.pages import browser
from tests.workflows.test_documents import address, status, taken
from workflows.case_pages import find_case
from workflows.documents.binder import CHUNK
from workflows.documents.dossier import make_dossier
from workflows.documents.names import MOST_BYTES, MOST_LETTERS, Names, material_name, safe_name


def dossier(actor: Actor, case: Case) -> dict[str, bytes]:
    """The archive by path."""
    with zipfile.ZipFile(io.BytesIO(taken(actor, case, "dossier"))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def folders(files: dict[str, bytes]) -> set[str]:
    return {path.partition("/")[0] for path in files if "/" in path}


ALWAYS = {"01-申报材料", "02-附件材料", "07-办理记录"}


@pytest.mark.parametrize(
    ("who", "more", "chain"),
    [
        ("applicant", {"04-决定与文书", "05-公示公布", "06-评审", "10-建设进展"}, False),
        ("officer", {"04-决定与文书", "05-公示公布", "06-评审", "10-建设进展"}, True),
        ("supervisor", {"04-决定与文书", "05-公示公布", "06-评审", "10-建设进展"}, True),
    ],
)
def test_the_dossier_holds_what_its_reader_may_read(
    world: World, who: str, more: set[str], chain: bool
) -> None:
    files = dossier(getattr(world, who), world.accredited())
    assert folders(files) == ALWAYS | more
    assert ("07-办理记录/留痕.jsonl" in files) is chain
    assert {"说明.txt", "清单.json", "SHA256SUMS.txt"} <= set(files)


def test_an_expert_gets_the_declaration_and_their_own_sheet(world: World) -> None:
    case = world.score(world.score(world.with_panel(), world.experts[0], 0.8), world.experts[1], 0.6)
    files = dossier(world.experts[0], case)
    assert folders(files) == ALWAYS | {"06-评审"}
    sheet = files["06-评审/评审情况.html"].decode()
    assert "专家1" in sheet
    everything = b"\n".join(files.values()).decode(errors="ignore")
    assert "专家2" not in everything
    assert "留痕.jsonl" not in everything


def test_the_applicant_learns_no_name_of_the_panel(world: World) -> None:
    files = dossier(world.applicant, world.selected())
    everything = b"\n".join(files.values()).decode(errors="ignore")
    assert "专家1" not in everything
    assert "90.00" in files["06-评审/评审情况.html"].decode()


@pytest.mark.parametrize("who", ["other_applicant"])
def test_whoever_does_not_see_the_case_gets_nothing(world: World, who: str) -> None:
    case = world.accredited()
    for actor in (getattr(world, who), world.experts[6]):
        assert status(actor, case, "dossier") == 404
        assert browser(actor).post(address(case, "dossier")).status_code == 404


def test_every_file_is_listed_with_its_digest(world: World) -> None:
    files = dossier(world.officer, world.accredited())
    listed = {line["path"]: line for line in json.loads(files["清单.json"])["files"]}
    assert set(files) - set(listed) == {"说明.txt", "清单.json", "SHA256SUMS.txt"}
    sums = dict(line.split("  ", 1)[::-1] for line in files["SHA256SUMS.txt"].decode().splitlines())
    for path, line in listed.items():
        assert line["sha256"] == sums[path] == hashlib.sha256(files[path]).hexdigest()
        assert line["bytes"] == len(files[path])
        assert "altered" not in line


def test_the_chain_can_be_checked_with_the_program_in_the_readme(world: World, tmp_path: Path) -> None:
    case = world.accredited()
    files = dossier(world.officer, case)
    readme, chain = files["说明.txt"].decode(), files["07-办理记录/留痕.jsonl"]
    program = "import hashlib" + readme.partition("import hashlib")[2]
    script = tmp_path / "verify.py"
    script.write_text(program, encoding="utf-8")

    def verified(content: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, str(script)], input=content, capture_output=True, check=False)

    good = verified(chain)
    assert good.returncode == 0, good.stderr
    assert good.stdout.split()[:2] == [b"OK", str(len(chain.splitlines())).encode()]
    assert (
        verified(chain.replace("准予".encode(), "不予".encode()).replace(b'"seq":3', b'"seq":4')).returncode
        == 1
    )


def test_giving_out_the_chain_is_an_act_of_record(world: World) -> None:
    case = world.accredited()
    asked = Entry.objects.filter(action="record.exported", subject=str(case.public_id))
    dossier(world.applicant, case)
    assert not asked.exists()
    dossier(world.officer, case)
    assert asked.get().actor_id == world.officer.user.pk


def test_the_page_says_what_the_archive_holds(world: World) -> None:
    case = world.accredited()
    officer = browser(world.officer).get(address(case, "dossier")).content.decode()
    applicant = browser(world.applicant).get(address(case, "dossier")).content.decode()
    assert "留痕链全文" in officer
    assert "留痕链全文" not in applicant
    assert address(case, "dossier") in browser(world.applicant).get(address(case, "detail")).content.decode()


# -- names ---------------------------------------------------------------------------------------------------------------

NASTY = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\a.pdf",
    "/etc/cron.d/x",
    "C:\\CON.pdf",
    "证\u202efdp.exe",
    "a\x00b\x1f\r\n.pdf",
    "长" * 300 + ".pdf",
    "x" * 300,
    " . ",
    "",
    "NUL",
    'a<b>c:"d"|e?*.pdf',
]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_becomes_harmless(name: str) -> None:
    for made in (safe_name(name), material_name(name, "application/pdf")):
        assert made
        assert len(made.encode()) <= MOST_BYTES + 1
        assert not set(made) & set('/\\:*?"<>|\x00\r\n\u202e')
        assert made.strip(" .") == made
        assert made.split(".")[0].upper() not in ("CON", "NUL")
    assert material_name(name, "application/pdf").lower().endswith(".pdf")


def test_what_is_called_a_program_and_is_a_pdf_is_handed_out_as_one() -> None:
    assert material_name("说明.exe", "application/pdf") == "说明.exe.pdf"
    assert material_name("照片.JPG", "image/jpeg") == "照片.JPG"
    assert material_name("表.xls", "application/x-unknown") == "表.xls.bin"
    assert len(material_name("长" * 300, "application/pdf")) <= MOST_LETTERS
    for reserved in ("com¹.pdf", "LPT³"):
        assert not RESERVED.match(material_name(reserved, "application/pdf")), (
            "one list of what Windows reserves"
        )


def test_a_name_is_given_once_only() -> None:
    names = Names()
    given = [names.unique("甲", each) for each in ("a.pdf", "A.PDF", "a.pdf", "a（2）.pdf")]
    assert len({each.casefold() for each in given}) == 4
    assert given[0] == "甲/a.pdf"
    assert names.unique("乙", "a.pdf") == "乙/a.pdf"


def test_hostile_and_equal_names_stay_inside_the_archive(world: World) -> None:
    case = world.draft()
    world.fill(case)
    for number, name in enumerate([*NASTY, "同名.pdf", "同名.pdf", "同名.PDF"]):
        _lay(case, name, PDF + str(number).encode())
    case = world.do(case, "declare.submit", statement=True)
    files = dossier(world.officer, case)
    paths = [path for path in files if path.startswith("02-附件材料/08-")]
    assert len({path.casefold() for path in files}) == len(files)
    assert len(paths) >= len(NASTY) + 3
    for path in files:
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        assert path.count("/") <= 2
    assert sum("同名" in path for path in paths) == 3


def test_a_file_that_is_gone_or_altered_is_named_and_not_hidden(world: World) -> None:
    case = world.submitted()
    gone, altered = case.materials.order_by("pk")[:2]
    gone.file.storage.delete(gone.file.name)
    with altered.file.storage.open(altered.file.name, "wb") as out:
        out.write(b"%PDF-other")
    listed = json.loads(dossier(world.officer, case)["清单.json"])["files"]
    assert [line["sha256"] for line in listed if "missing" in line] == [gone.sha256]
    assert [line["altered"] for line in listed if "altered" in line] == [f"上传时为 {altered.sha256}"]


class _Broken(io.BytesIO):
    """A file of which the storage gives the beginning."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= CHUNK:
            raise OSError("input/output error")
        return super().read(size)


def test_a_file_of_which_the_storage_gives_the_beginning_is_listed_as_what_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.submitted()
    row = case.materials.order_by("pk")[0]
    content = b"x" * (CHUNK + 5)
    Material.objects.filter(pk=row.pk).update(name="断.pdf", sha256=hashlib.sha256(content).hexdigest())
    opened = FieldFile.open

    def broken(file: FieldFile, mode: str = "rb") -> Any:
        return _Broken(content) if file.instance.pk == row.pk else opened(file, mode)

    monkeypatch.setattr(FieldFile, "open", broken)
    files = dossier(world.officer, case)
    [path] = [path for path in files if path.endswith("断.pdf")]
    line = next(each for each in json.loads(files["清单.json"])["files"] if each["path"] == path)
    assert line["incomplete"] == f"上传时为 {hashlib.sha256(content).hexdigest()}"
    assert line["bytes"] == len(files[path]) == CHUNK
    assert line["sha256"] == hashlib.sha256(files[path]).hexdigest()
    assert f"{line['sha256']}  {path}" in files["SHA256SUMS.txt"].decode()
    assert not any("missing" in each for each in json.loads(files["清单.json"])["files"])


def test_a_full_disk_is_not_taken_for_a_missing_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.submitted()

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile._ZipWriteFile.write", full)
    with pytest.raises(OSError, match="No space left"):
        make_dossier(find_case(world.officer, case.public_id), world.officer)


@pytest.mark.parametrize("body", ["not JSON", "[1]"])
def test_a_record_that_was_tampered_with_is_given_out_as_evidence(
    world: World, body: str, tmp_path: Path
) -> None:
    case = world.accredited()
    entry = Entry.objects.filter(chain=case.chain_id).order_by("seq")[2]
    with triggers.disabled():
        Entry.objects.filter(pk=entry.pk).update(body=body)
    files = dossier(world.officer, case)
    chain = files["07-办理记录/留痕.jsonl"]
    assert json.loads(chain.splitlines()[2])["unreadable"] == body
    assert "本条留痕的正文无法读取" in files["07-办理记录/办理记录.html"].decode()
    assert "本条留痕的正文无法读取" in browser(world.officer).get(address(case, "detail")).content.decode()
    script = tmp_path / "verify.py"
    script.write_text("import hashlib" + files["说明.txt"].decode().partition("import hashlib")[2], "utf-8")
    done = subprocess.run([sys.executable, str(script)], input=chain, capture_output=True, check=False)
    assert (done.returncode, b"entry 3: altered" in done.stderr) == (1, True)


def test_a_file_with_a_virus_is_not_handed_out(world: World) -> None:
    case = world.submitted()
    row = case.materials.order_by("pk")[0]
    Material.objects.filter(pk=row.pk).update(scan="infected", scan_found="Eicar")
    files = dossier(world.officer, case)
    line = next(each for each in json.loads(files["清单.json"])["files"] if "missing" in each)
    assert line["sha256"] == row.sha256
    assert line["path"] not in files


def _lay(case: Case, name: str, content: bytes) -> Material:
    """A file that lies with the draft under whatever name: as an older installation may have taken it."""
    some: Any = case.materials.order_by("pk").first()
    row = Material(
        case=case,
        authority_id=case.authority_id,
        item="m8_policy",
        name=name.replace("\x00", "")[:200],  # PostgreSQL keeps none
        content_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=some.uploaded_by,
    )
    row.file.save("x", ContentFile(content), save=False)
    row.save(force_insert=True)
    return row
