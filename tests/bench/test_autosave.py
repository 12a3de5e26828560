"""The round trip of one autosave as the page makes it: a usual form, and one with 200 fields and 2,000 lines.

Everything between the request and the answer is counted: signing in, the merge, the rules, the answer's text; in
processor time, so that what others do on the machine does not count. Nothing here is asserted about time.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import clock
from cases.declarations import save_form
from cases.models import Case
from programmes import packs
from tests.bench.database import best_database
from tests.factories import cases as factory
from tests.factories.cases import World, make_world
from tests.faults.conftest import START
from tests.workflows.pages import browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.bench]
FIELDS, LINES, SAVES, OPENINGS = 200, 2000, 15, 5
FORM = "forms/GY_KEY_ENT.yaml"


def large_archive() -> bytes:
    """The Guiyang pack with 200 more fields in the form that has the widest table."""
    files = packs.read_directory(factory.GY_DIRECTORY)
    form = yaml.safe_load(files[FORM])
    form["fields"] += [
        {"key": f"n{n}", "label": {"zh": f"指标{n}", "en": f"Figure {n}"}, "type": "decimal", "unit": "万元"}
        | {"clause": "003·附件3", "required": False, "source": "proposed"}
        for n in range(FIELDS)
    ]
    files[FORM] = yaml.safe_dump(form, allow_unicode=True, sort_keys=False).encode()
    return packs.archive(files)


def filled(world: World) -> Case:
    """Every field and every column of 2,000 lines filled in."""
    case = world.draft()
    form = case.edition.pack.forms["GY_KEY_ENT"]
    table = next(entry for entry in form.fields if entry.type == "table")
    numbers = {"integer": 12, "decimal": "1250.5", "percent": "12.5", "date": "2019-12-31"}
    line = {column.key: numbers.get(column.type, "某某信息技术有限公司") for column in table.columns}
    raw: dict[str, Any] = {f"n{n}": str(n) for n in range(FIELDS)}
    raw[table.key] = [line | {"no": n + 1} for n in range(LINES)]
    save_form(case=case, form_code=form.code, raw=raw, expected_version=None, actor=world.applicant)
    return case


def measured(world: World, case: Case, code: str, path: str) -> str:
    client = browser(world.applicant)
    address = reverse("cases:form", args=[case.public_id, code])
    page = client.get(address)
    opened = []
    for _n in range(OPENINGS):
        began = time.process_time()
        client.get(address)
        opened.append(time.process_time() - began)
    row = case.declarations.get().forms.filter(form_code=code).first()
    version, seconds, statements = (row.version if row else 0), [], 0
    for n in range(SAVES):
        body = json.dumps({"version": version, "tab": "bench", "cells": {path: f"{1000 + n}"}})
        began = time.process_time()
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                address, body, content_type="application/json", headers={"accept": "application/json"}
            )
        seconds.append(time.process_time() - began)
        statements = len(asked)
        assert answer.status_code == 200, answer.content
        version = answer.json()["version"]
    return (
        f"{1000 * statistics.median(seconds):6.0f} ms a save (median of {SAVES}), {statements} statements, "
        f"{len(answer.content) / 1024:.1f} KB answered; the page opens in {1000 * statistics.median(opened):.0f} ms, "
        f"{len(page.content) / 1024:.0f} KB"
    )


def test_the_round_trip_of_an_autosave(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A usual form, then the large one, on the best database there is."""
    archive = large_archive()
    monkeypatch.setattr(factory, "gy_archive", lambda: archive)
    with best_database() as name:
        clock.set_clock(START)
        world = make_world()
        usual = measured(world, world.fill(world.draft("小型草稿")), "GY_SUPP", "bigdata_ent_count")
        case = filled(world)
        table = next(e for e in case.edition.pack.forms["GY_KEY_ENT"].fields if e.type == "table")
        ids = case.declarations.get().forms.get(form_code="GY_KEY_ENT").rows[table.key]
        large = measured(world, case, "GY_KEY_ENT", f"{table.key}.{ids[LINES // 2]}.total_assets_wan")
    with capsys.disabled():
        print(f"\n{name}\nusual form                    {usual}\n{FIELDS} fields, {LINES:,} lines  {large}")
