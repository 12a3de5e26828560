"""What is told of an objection is the same wherever one looks: that there is one and what became of it, to everybody

who may know of it; its contents and the finding, to the offices; who objected, to those who handle it alone.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from cases import policy
from cases.models import Case, Objection
from notifications.models import Notification
from notifications.sentences import sentence_of
from tests.factories.cases import World
from tests.workflows.pages import browser, objected
from workflows.objection_lines import objection_line, objection_lines

SECRETS = ("某公司", "0851-12345678")
CONTENT = "数据不实。"
FINDING = "经核查，数据属实，异议人提供的材料系旧版。"


def dismissed(world: World) -> Case:
    case = objected(world)
    return world.do(
        case, "publicize.dismiss_objection", objection=case.objections.get().number, reason=FINDING
    )


def upheld(world: World) -> Case:
    case = objected(world)
    return world.do(
        case, "publicize.uphold_objection", objection=case.objections.get().number, reason=FINDING
    )


def everything(world: World, who: str, case: Case) -> str:
    """Every page of the case that this person can open, the print, the letters and their messages, as one text."""
    actor = getattr(world, who)
    client = browser(actor)
    names = ("detail", "declared", "review", "notices", "decisions", "upkeep", "print", "receipt")
    addresses = [reverse(f"cases:{name}", args=[case.public_id]) for name in names]
    addresses += [reverse("workflows:home"), reverse("workflows:worklist"), reverse("cases:list")]
    addresses += [reverse("notifications:list")]
    pages = [client.get(address, follow=True) for address in addresses]
    sentences = [str(sentence_of(row)) for row in Notification.objects.filter(user=actor.user)]
    return "\n".join([*(page.content.decode() for page in pages if page.status_code == 200), *sentences])


@pytest.mark.parametrize("who", ["applicant", "officer", "chief", "supervisor"])
@pytest.mark.parametrize("state", [objected, dismissed])
def test_no_page_tells_more_than_the_policy(world: World, who: str, state: object) -> None:
    case = state(world)  # type: ignore[operator]
    readable = policy.fields(getattr(world, who), case)
    text = everything(world, who, case)
    for secret in SECRETS:
        assert (secret in text) is ("objectors" in readable), secret
    assert (CONTENT in text) is ("reasons" in readable)
    assert (FINDING in text) is ("reasons" in readable and state is dismissed)


def test_the_applicant_learns_that_there_is_one_and_what_became_of_it(world: World) -> None:
    case = dismissed(world)
    text = browser(world.applicant).get(reverse("cases:notices", args=[case.public_id])).content.decode()
    assert "收到异议" in text
    assert "异议不成立" in text
    assert case.objections.get().number not in text


def test_the_applicant_reads_the_finding_in_the_letter_that_the_pack_sends(world: World) -> None:
    case = upheld(world)
    client = browser(world.applicant)
    (line,) = objection_lines(case, policy.fields(world.applicant, case))
    assert line.finding == "", "the page itself leaves it to the letter"
    assert line.letter_url in client.get(reverse("cases:notices", args=[case.public_id])).content.decode()
    assert FINDING in client.get(line.letter_url).content.decode()


def test_the_lines_say_what_each_part_opens() -> None:
    row = Objection(
        number="YY-1", kind="unit", name="某公司", contact="0851", content=CONTENT, finding=FINDING
    )
    assert objection_line(row, {"decisions", "reasons", "objectors"}) is None
    bare = objection_line(row, {"objections"})
    assert bare is not None
    assert (bare.number, bare.kind, bare.content, bare.finding, bare.name, bare.contact) == ("",) * 6
    office = objection_line(row, {"objections", "reasons"})
    assert office is not None
    assert (office.number, office.content, office.finding) == ("YY-1", CONTENT, FINDING)
    assert (office.name, office.contact) == ("", "")
    handling = objection_line(row, {"objections", "reasons", "objectors"})
    assert handling is not None
    assert (handling.name, handling.contact) == ("某公司", "0851")


def test_identities_are_not_even_fetched_for_those_who_may_not_read_them(
    world: World, django_assert_num_queries: object
) -> None:
    case = objected(world)
    with django_assert_num_queries(1):  # type: ignore[operator]
        (line,) = objection_lines(case, {"objections", "reasons"})
    assert (line.name, line.content) == ("", CONTENT)
