"""Which units are one legal body; whose territory a unit lies in."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc

from accounts.bodies import above_all, same_body, territory_of
from accounts.enums import OrganisationKind
from accounts.models import Organisation
from tests.factories.accounts import make_organisation

pytestmark = pytest.mark.django_db
K = OrganisationKind
FIRST, SECOND = (
    f"{stem}{uscc.calc_check_digit(stem)}" for stem in ("91440101MA5ABCDE1", "91440101MA5ABCDE2")
)


@pytest.fixture
def city() -> Organisation:
    return make_organisation("某市", kind=K.CITY, code="somewhere")


@pytest.fixture
def units(city: Organisation) -> dict[str, Organisation]:
    county = make_organisation("某区", kind=K.COUNTY, parent=city)
    bureau = make_organisation("某区科技局", kind=K.DEPARTMENT, parent=county)
    firm = make_organisation("某公司", kind=K.ENTERPRISE, parent=county)
    centre = make_organisation("某公司技术中心", kind=K.DEPARTMENT, parent=firm)
    return {
        "city": city,
        "county": county,
        "bureau": bureau,
        "section": make_organisation("某区科技局成果科", kind=K.DEPARTMENT, parent=bureau),
        "finance": make_organisation("某区财政局", kind=K.DEPARTMENT, parent=county),
        "registered": make_organisation("某区工信局", kind=K.DEPARTMENT, parent=county, uscc=FIRST),
        "firm": firm,
        "centre": centre,
        "laboratory": make_organisation("某公司实验室", kind=K.INSTITUTION, parent=centre),
        "branch": make_organisation("某公司分公司", kind=K.ENTERPRISE, parent=firm),
        "subsidiary": make_organisation("某公司子公司", kind=K.ENTERPRISE, parent=firm, uscc=SECOND),
        "institute": make_organisation("某研究院", kind=K.INSTITUTION, parent=county),
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("firm", "firm", True),
        ("centre", "firm", True),
        ("centre", "branch", True),
        ("laboratory", "firm", True),
        ("branch", "firm", True),
        ("subsidiary", "firm", False),
        ("subsidiary", "centre", False),
        ("bureau", "county", True),
        ("section", "bureau", True),
        ("section", "county", True),
        ("finance", "bureau", False),
        ("registered", "county", False),
        ("county", "firm", False),
        ("bureau", "institute", False),
        ("city", "county", False),
        ("city", "bureau", False),
    ],
)
def test_one_body(units: dict[str, Organisation], one: str, other: str, same: bool) -> None:
    assert same_body(units[one], units[other]) is same
    assert same_body(units[other], units[one]) is same
    above = above_all([units[one], units[other]])
    assert same_body(units[one], units[other], above) is same


@pytest.mark.parametrize(
    ("unit", "place"),
    [
        ("county", "county"),
        ("bureau", "county"),
        ("section", "county"),
        ("centre", "county"),
        ("city", "city"),
    ],
)
def test_the_territory_of_a_unit(units: dict[str, Organisation], unit: str, place: str) -> None:
    assert territory_of(units[unit]) == units[place]
