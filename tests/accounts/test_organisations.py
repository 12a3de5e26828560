"""The organisation tree: paths, names, aliases, and who may change it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.errors import Refusal
from accounts.models import Organisation, OrganisationAlias
from accounts.organisations import (
    add_alias,
    amend_organisation,
    create_organisation,
    find_organisation,
    move_organisation,
    rename_organisation,
)
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import make_authority, make_organisation

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system_actor()
USCC = "91110000600037341L"


def expected_path(*lineage: Organisation) -> str:
    return "".join(f"{one.pk:08d}." for one in lineage)


def test_path_is_the_chain_of_keys() -> None:
    city = make_authority()
    county = make_organisation("南明区", kind=OrganisationKind.COUNTY)
    zone = make_organisation("南明高新区", kind=OrganisationKind.ZONE, parent=county)
    assert zone.path == expected_path(city, county, zone)
    assert zone.lineage == [city.pk, county.pk, zone.pk]
    assert zone.authority == city and not zone.is_authority
    assert city.is_authority and city.authority == city


def test_within_and_covering_are_the_two_directions() -> None:
    city = make_authority()
    county = make_organisation("南明区", kind=OrganisationKind.COUNTY)
    zone = make_organisation("南明高新区", parent=county)
    other = make_organisation("云岩区", kind=OrganisationKind.COUNTY)
    assert set(Organisation.objects.within(county)) == {county, zone}
    assert set(Organisation.objects.covering(zone)) == {city, county, zone}
    assert zone.is_within(county) and county.is_within(county) and not other.is_within(county)


def test_a_key_that_begins_like_another_is_not_inside_it() -> None:
    one, ten = Organisation(path="00000001."), Organisation(path="00000010.")
    assert not ten.is_within(one)


def test_move_takes_everything_under_it_along() -> None:
    city = make_authority()
    old, new = make_organisation("南明区"), make_organisation("云岩区")
    zone = make_organisation("高新区", parent=old)
    firm = make_organisation("某公司", kind=OrganisationKind.ENTERPRISE, parent=zone)
    move_organisation(organisation=zone, parent=new, reason="区划调整", actor=SYSTEM)
    zone.refresh_from_db()
    firm.refresh_from_db()
    assert zone.parent == new
    assert zone.path == expected_path(city, new, zone)
    assert firm.path == expected_path(city, new, zone, firm)
    assert set(Organisation.objects.within(old)) == {old}
    assert data_of("organisation.moved") == {
        "from": str(old.public_id),
        "to": str(new.public_id),
        "reason": "区划调整",
    }


def test_move_takes_two_updates_however_large_the_subtree(django_assert_max_num_queries: Any) -> None:
    zone, new = make_organisation("高新区"), make_organisation("云岩区")
    for number in range(8):
        make_organisation(f"企业{number}", parent=zone)
    with django_assert_max_num_queries(16):
        move_organisation(organisation=zone, parent=new, reason="区划调整", actor=SYSTEM)


@pytest.mark.parametrize("below", [True, False], ids=["under a child", "under itself"])
def test_move_under_itself_is_refused(below: bool) -> None:
    county = make_organisation("南明区")
    zone = make_organisation("高新区", parent=county)
    with pytest.raises(Refusal) as refused:
        move_organisation(organisation=county, parent=zone if below else county, reason="错误", actor=SYSTEM)
    assert refused.value.code == "cycle"
    county.refresh_from_db()
    assert county.parent == make_authority()


def test_move_and_create_stay_inside_the_authority() -> None:
    county = make_organisation("南明区")
    elsewhere = make_authority("宜春市", code="yichun")
    with pytest.raises(Refusal) as moved:
        move_organisation(organisation=county, parent=elsewhere, reason="错误", actor=SYSTEM)
    with pytest.raises(Refusal) as created:
        create_organisation(
            name="某局",
            kind=OrganisationKind.DEPARTMENT,
            parent=elsewhere,
            authority=make_authority(),
            actor=SYSTEM,
        )
    assert moved.value.code == created.value.code == "other_authority"


def test_city_under_a_province_is_an_authority_of_its_own() -> None:
    province = make_authority("贵州省", code="guizhou", kind=OrganisationKind.PROVINCE)
    city = make_authority("贵阳市", code="guiyang", parent=province)
    assert city.authority == city
    assert city.is_within(province)


def test_unit_without_any_authority_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        create_organisation(name="某局", kind=OrganisationKind.DEPARTMENT, actor=SYSTEM)
    assert refused.value.code == "authority_missing"


def test_created_unit_is_on_the_record() -> None:
    parent = make_authority()
    unit = make_organisation("贵阳市大数据发展管理局", uscc=USCC.lower(), aliases=("市大数据局",))
    entry = last("organisation.created")
    assert entry.subject == str(unit.public_id)
    assert entry.content["data"] == {
        "name": "贵阳市大数据发展管理局",
        "kind": "department",
        "parent": str(parent.public_id),
        "code": "",
        "region_code": "",
        "uscc": USCC,
        "aliases": ["市大数据局"],
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"uscc": "91110000600037341M"}, "uscc"),
        ({"region_code": "5201"}, "region_code"),
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
    ],
)
def test_malformed_field_is_refused_by_its_name(fields: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        create_organisation(
            **{
                "name": "某局",
                "kind": OrganisationKind.DEPARTMENT,
                "parent": make_authority(),
                "actor": SYSTEM,
                **fields,
            }
        )
    assert refused.value.code == "invalid"
    assert list(refused.value.fields) == [field]


def test_uscc_belongs_to_one_unit_but_may_be_missing_from_many() -> None:
    make_organisation("甲公司", uscc=USCC)
    make_organisation("乙公司")
    make_organisation("丙公司")
    with pytest.raises(Refusal) as refused:
        make_organisation("丁公司", uscc="9111 0000 6000 3734 1L")
    assert refused.value.code == "invalid"
    assert "已登记在其他单位名下" in str(refused.value.message)


def test_database_itself_keeps_the_code_for_authorities() -> None:
    unit = make_organisation("某局")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=unit.pk).update(code="fake")


@pytest.mark.parametrize(
    "name",
    [
        "贵阳市大数据发展管理局",
        "贵阳市大数据发展管理局（本级）",
        "贵阳市大数据发展管理局(本级)",
        "市大数据局",
        " 数局 ",
    ],
)
def test_unit_is_found_by_any_of_its_names(name: str) -> None:
    unit = make_organisation(
        "贵阳市大数据发展管理局", short_name="数局", aliases=("市大数据局", "贵阳市大数据发展管理局(本级)")
    )
    assert find_organisation(authority=make_authority(), name=name) == unit


def test_unit_is_not_found_in_another_authority_or_by_an_ambiguous_short_name() -> None:
    city, elsewhere = make_authority(), make_authority("宜春市", code="yichun")
    make_organisation("贵阳市财政局", short_name="财政局")
    assert find_organisation(authority=elsewhere, name="贵阳市财政局") is None
    make_organisation("南明区财政局", short_name="财政局")
    assert find_organisation(authority=city, name="财政局") is None
    assert find_organisation(authority=city, name="") is None


def test_official_name_wins_over_another_units_short_name() -> None:
    city = make_authority()
    make_organisation("贵阳市云岩区教育局", short_name="教育局")
    official = make_organisation("教育局")
    assert find_organisation(authority=city, name="教育局") == official


def test_renamed_unit_is_still_found_by_its_old_name() -> None:
    city, unit = make_authority(), make_organisation("贵阳市工信委")
    rename_organisation(organisation=unit, name="贵阳市工业和信息化局", reason="机构改革", actor=SYSTEM)
    assert find_organisation(authority=city, name="贵阳市工信委") == unit
    found = find_organisation(authority=city, name="贵阳市工业和信息化局")
    assert found == unit and found.name == "贵阳市工业和信息化局"
    assert data_of("organisation.renamed") == {
        "from": "贵阳市工信委",
        "to": "贵阳市工业和信息化局",
        "reason": "机构改革",
    }


def test_unit_may_take_its_former_name_back() -> None:
    unit = make_organisation("甲局")
    rename_organisation(organisation=unit, name="乙局", reason="改革", actor=SYSTEM)
    rename_organisation(organisation=unit, name="甲局", reason="恢复", actor=SYSTEM)
    assert [alias.name for alias in OrganisationAlias.objects.filter(organisation=unit)] == ["乙局"]


@pytest.mark.parametrize("taken", ["市财政局", "财局", "市财政局(本级)"])
def test_name_or_alias_of_another_unit_is_refused(taken: str) -> None:
    make_organisation("市财政局", aliases=("财局", "市财政局（本级）"))
    unit = make_organisation("某局")
    for attempt in (
        lambda: make_organisation(taken),
        lambda: rename_organisation(organisation=unit, name=taken, reason="更名", actor=SYSTEM),
        lambda: add_alias(organisation=unit, name=taken, actor=SYSTEM),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code in {"name_taken", "invalid"}


def test_amending_records_values_but_not_personal_ones() -> None:
    unit = make_organisation("某局", contact_name="张三", contact_phone="0851-87989000")
    amend_organisation(
        organisation=unit,
        reason="核实",
        actor=SYSTEM,
        region_code="520100",
        contact_name="李四",
        contact_phone="0851-87989000",
    )
    assert data_of("organisation.amended") == {
        "changed": ["contact_name", "region_code"],
        "from": {"region_code": ""},
        "to": {"region_code": "520100"},
        "reason": "核实",
    }


def test_amending_nothing_records_nothing() -> None:
    unit = make_organisation("某局")
    amend_organisation(organisation=unit, reason="核实", actor=SYSTEM, region_code="")
    assert entries("organisation.amended") == []


def test_only_some_fields_are_amended() -> None:
    with pytest.raises(TypeError):
        amend_organisation(organisation=make_organisation("某局"), reason="x", actor=SYSTEM, path="1.")


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_change_needs_a_reason(reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        rename_organisation(organisation=make_organisation("某局"), name="新局", reason=reason, actor=SYSTEM)
    assert refused.value.code == "reason_missing"
    assert "reason" in refused.value.fields


def test_units_are_never_deleted() -> None:
    unit = make_organisation("某局")
    with pytest.raises(Refusal):
        unit.delete()
    with pytest.raises(Refusal) as refused:
        Organisation.objects.filter(pk=unit.pk).delete()
    assert refused.value.code == "never_deleted"
    assert Organisation.objects.filter(pk=unit.pk).exists()
