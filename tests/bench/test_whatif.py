"""What-if replay of ten thousand cases: in how many seconds. Nothing is asserted about time.

The cases are copies of one that was handed in through the door, row by row, with figures of their own.
"""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest
from django.db.models import QuerySet

from audit import clock
from audit.models import Chain, Entry
from cases.ids import new_public_id
from cases.models import Case, Declaration, DeclarationForm
from programmes import packs
from tests.factories.cases import GY_DIRECTORY, make_world
from workshop.whatif import replay

pytestmark = [pytest.mark.django_db, pytest.mark.bench]
CASES = int(os.environ.get("BENCH_CASES", "10000"))


def multiply(case: Case, count: int) -> None:
    """``count`` copies of a case that has been handed in; the n-th has n % 100 firms in the industry."""
    declaration = Declaration.objects.get(case=case)
    forms = list(DeclarationForm.objects.filter(declaration=declaration))
    entries = list(Entry.objects.filter(chain=case.chain))
    chains = Chain.objects.bulk_create(
        [
            Chain(
                kind=case.chain.kind, key=f"bench-{n}", authority=case.chain.authority, created_at=clock.now()
            )
            for n in range(count)
        ],
        batch_size=500,
    )
    names = [f.attname for f in Entry._meta.concrete_fields if not f.primary_key]
    Entry.objects.bulk_create(
        [
            Entry(**{n: getattr(entry, n) for n in names} | {"chain_id": chain.pk})
            for chain in chains
            for entry in entries
        ],
        batch_size=500,
    )
    names = [f.attname for f in Case._meta.concrete_fields if not f.primary_key]
    rows = [
        Case(
            **{name: getattr(case, name) for name in names}
            | {"chain_id": chain.pk, "public_id": new_public_id(), "case_no": f"BENCH-{n}"}
        )
        for n, chain in enumerate(chains)
    ]
    cases = QuerySet(Case).bulk_create(
        rows, batch_size=200
    )  # past the latch: these rows go through no procedure
    declarations = Declaration.objects.bulk_create(
        [
            Declaration(
                case=copy,
                version_no=declaration.version_no,
                status=declaration.status,
                submitted_at=declaration.submitted_at,
            )
            for copy in cases
        ],
        batch_size=500,
    )
    DeclarationForm.objects.bulk_create(
        [
            DeclarationForm(declaration=copy, form_code=form.form_code, data=_figures(form, n))
            for n, copy in enumerate(declarations)
            for form in forms
        ],
        batch_size=500,
    )


def _figures(form: DeclarationForm, number: int) -> dict[str, object]:
    own = {"bigdata_ent_count": number % 100} if form.form_code == "GY_SUPP" else {}
    return form.data | own


def test_ten_thousand_cases(capsys: pytest.CaptureFixture[str]) -> None:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    case = make_world().submitted()
    multiply(case, CASES - 1)
    files = packs.read_directory(GY_DIRECTORY)
    rules = (
        files["rules.yaml"].decode().replace("expr: bigdata_ent_count >= 20", "expr: bigdata_ent_count >= 50")
    )
    one = packs.parse_files(files | {"rules.yaml": rules.encode()})
    told = []
    for name, draft in (("unchanged", packs.parse_files(files)), ("one rule changed", one)):
        began = time.perf_counter()
        found = replay(draft, Case.objects.all())
        seconds = time.perf_counter() - began
        told.append(f"{name}: {found.cases} cases in {seconds:.1f} s, {found.moved} moved")
        if draft is one:
            # 20..49 of every hundred passed before and are shown a warning now.
            assert found.moved == sum(20 <= n % 100 < 50 for n in range(CASES - 1)) + _own(case)
        else:
            assert found.flips == []
    with capsys.disabled():
        print("\n" + "\n".join(told))


def _own(case: Case) -> int:
    """Is the case that was copied itself one of those that move?"""
    data = Declaration.objects.get(case=case).data()
    return int(20 <= data["GY_SUPP"]["bigdata_ent_count"] < 50)
