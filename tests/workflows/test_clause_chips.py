"""Clauses on screens: the article alone, with the document's short name where a pack rests on several. 条款标注"""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.template import Context, RequestContext, Template
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.models import Case
from programmes.citations import on_screen, short_titles
from programmes.models import Edition
from programmes.schema import Document, Text
from tests.factories.cases import World
from tests.workflows.pages import browser, text_of

RULES = Document(code="003", title=Text(zh="贵阳市示范基地管理办法（试行）"))
NOTICE = Document(code="004", title=Text(zh="关于开展2026年度申报工作的通知"))
OTHER_NOTICE = Document(code="005", title=Text(zh="关于调整申报时间的通知"))
CHIP = '{% include "partials/clause.html" with clause=clause only %}'


@pytest.mark.parametrize(
    ("citation", "documents", "shown"),
    [
        ("003·第七条", (), "第七条"),
        ("003·第七条", (RULES,), "第七条"),
        ("003·方案·三(三);附件6·第二条", (RULES,), "方案·三(三)；附件6·第二条"),
        ("003·第七条", (RULES, NOTICE), "《管理办法》第七条"),
        ("003·第七条;第八条;004·二(一)", (RULES, NOTICE), "《管理办法》第七条；第八条；《通知》二(一)"),
        ("004·二(一)", (NOTICE, OTHER_NOTICE), "《关于开展2026年度申报工作的通知》二(一)"),
        ("009·第一条", (RULES, NOTICE), "009·第一条"),
        ("附件6·第二条", (), "附件6·第二条"),
        ("第七条", (), "第七条"),
        ("", (), ""),
    ],
)
def test_what_a_screen_shows_of_a_citation(
    citation: str, documents: tuple[Document, ...], shown: str
) -> None:
    assert on_screen(citation, documents) == shown


def test_documents_of_one_kind_are_told_apart() -> None:
    assert short_titles((RULES, NOTICE)) == {"003": "管理办法", "004": "通知"}
    assert set(short_titles((NOTICE, OTHER_NOTICE)).values()) == {NOTICE.title.zh, OTHER_NOTICE.title.zh}


def chip(context: Context) -> str:
    template = "{% load clauses %}{% cites holder %}" + CHIP
    return Template(template).render(context)


def test_a_part_of_a_page_knows_the_page_s_edition(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A chip is drawn without the context of its page: the edition goes with the request."""
    case = Case.objects.select_related("edition").get(pk=world.draft().pk)
    real = case.edition.pack
    documents = (*real.programme.documents, NOTICE)
    several = real.model_copy(
        update={"programme": real.programme.model_copy(update={"documents": documents})}
    )
    values = {"clause": "003·附件6·第七条", "holder": case}
    with django_assert_num_queries(0):
        assert "</span>附件6·第七条</span>" in chip(RequestContext(HttpRequest(), values))
        monkeypatch.setattr(Edition, "pack", several)
        assert "《实施方案》附件6·第七条" in chip(RequestContext(HttpRequest(), values))
        assert "《实施方案》" in chip(RequestContext(HttpRequest(), values | {"holder": case.edition}))
        bare = Case(edition_id=case.edition_id)
        assert "《" not in chip(RequestContext(HttpRequest(), values | {"holder": bare}))
        assert "《" not in chip(Context(values))


def test_pages_show_no_code_of_a_document_and_their_links_stay(world: World) -> None:
    case = world.draft()
    page = text_of(browser(world.applicant).get(reverse("cases:form", args=[case.public_id, "GY_REPORT"])))
    assert 'class="lc-clause"' in page
    assert "003·" not in page
