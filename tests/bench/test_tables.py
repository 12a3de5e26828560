"""Long tables of a declaration: importing 2,000 rows, and opening a form of 200 fields with a table of 2,000 rows."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit import clock
from cases.declarations import save_form
from cases.models import Case
from programmes import packs
from tests.factories.cases import GY_DIRECTORY, World, make_world
from tests.workflows.pages import browser
from tests.workflows.test_spreadsheet_pages import carried
from tests.workflows.workbooks import workbook

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROWS = 2000
FIELDS = 200
CODE = "GY_KEY_ENT"
PROJECTS = "GY_KEY_PROJECT"
HEADS = ["企业名称", "资产总计(万元)", "营业总收入(万元)", "利润总额(万元)", "净利润(万元)", "从业人数(人)"]


def wide_edition(world: World, code: str = CODE) -> None:
    """From now on the world declares under a form with 200 more fields beside its table."""
    files = packs.read_directory(GY_DIRECTORY)
    name = f"forms/{code}.yaml"
    form = yaml.safe_load(files[name])
    form["fields"] = [
        {
            "key": f"x{n}",
            "label": {"zh": f"指标{n}"},
            "type": "decimal",
            "unit": "万元",
            "clause": "003·附件3",
            "required": False,
        }
        for n in range(FIELDS)
    ] + form["fields"]
    files[name] = yaml.safe_dump(form, allow_unicode=True).encode()
    world.declare_under(files, number="2020.9", name="测量批次")


def lines() -> list[dict[str, Any]]:
    return [
        {
            "no": n + 1,
            "name": f"贵阳第{n}软件有限公司",
            "total_assets_wan": f"{1000 + n}.50",
            "equity_wan": str(500 + n),
            "total_revenue_wan": str(3000 + n),
            "total_profit_wan": str(300 + n),
            "net_profit_wan": str(200 + n),
            "main_revenue_mix_pct": "软件80%，服务20%",
            "employees": 50 + n % 100,
        }
        for n in range(ROWS)
    ]


@pytest.fixture
def case(db: None) -> Case:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    world = make_world()
    wide_edition(world)
    case = world.draft()
    case.applicant_actor = world.applicant  # type: ignore[attr-defined]
    return case


def timed(what: Any) -> tuple[float, Any]:
    """Seconds of processor time: what others do on the machine does not count."""
    began = time.process_time()
    result = what()
    return time.process_time() - began, result


def test_importing_a_long_table(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    client = browser(case.applicant_actor)  # type: ignore[attr-defined]
    to = reverse("cases:sheet", args=[case.public_id, CODE, "rows"])
    body = [[f"贵阳第{n}软件有限公司", 1000 + n, 3000 + n, 300 + n, 200 + n, 50] for n in range(ROWS)]
    content = workbook([HEADS, *body])
    client.get(to)
    shown, page = timed(
        lambda: client.post(to, {"mode": "replace", "file": SimpleUploadedFile("a.xlsx", content)})
    )
    sent = carried(page) | {"mode": "replace"}
    saved, answer = timed(lambda: client.post(to, sent))
    assert answer.status_code == 302
    out, response = timed(lambda: b"".join(client.get(f"{to}rows.xlsx").streaming_content))  # type: ignore[attr-defined]
    with capsys.disabled():
        print(
            f"\nimport of {ROWS:,} rows × {len(HEADS)}: preview {shown:.2f} s, confirmed {saved:.2f} s, ",
            end="",
        )
        print(f"export {out:.2f} s ({len(response) // 1024} KB)")
    assert shown + saved < 6


def test_opening_a_long_form(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    actor = case.applicant_actor  # type: ignore[attr-defined]
    values = {f"x{n}": str(1000 + n) for n in range(FIELDS)}
    save_form(case=case, form_code=CODE, raw=values | {"rows": lines()}, expected_version=None, actor=actor)
    client = browser(actor)
    to = reverse("cases:form", args=[case.public_id, CODE])
    client.get(to)
    spent, page = timed(lambda: client.get(to))
    with capsys.disabled():
        print(
            f"\nform of {FIELDS} fields and {ROWS:,} rows: drawn in {spent:.2f} s, {len(page.content) // 1024} KB"
        )
    assert page.status_code == 200
    assert spent < 6


def test_the_overview_and_the_sending_page_of_a_table_with_blank_columns(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule and five required columns speak of each of 2,000 lines: both pages stay as small as for a dozen."""
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    world = make_world()
    wide_edition(world, PROJECTS)
    case, client = world.draft(), browser(world.applicant)
    values: dict[str, Any] = {f"x{n}": str(1000 + n) for n in range(FIELDS)}
    values["rows"] = [{"no": n + 1, "project_name": f"项目{n}"} for n in range(ROWS)]
    save_form(case=case, form_code=PROJECTS, raw=values, expected_version=None, actor=world.applicant)
    for name in ("declaration", "submit"):
        to = reverse(f"cases:{name}", args=[case.public_id])
        client.get(to)
        spent, page = timed(lambda to=to: client.get(to))
        with capsys.disabled():
            print(f"\n{name} with {ROWS:,} lines to put right: {spent:.2f} s, {len(page.content) // 1024} KB")
        assert page.status_code == 200
        assert len(page.content) < 150_000
        assert spent < 3
