"""The form designer, as a policy administrator who knows no YAML uses it."""

from __future__ import annotations

import copy as copying
import html
import re
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from audit.models import Entry
from programmes import packs, yaml_source
from programmes.enums import CopyStatus
from programmes.models import Edition, WorkingCopy, WorkingFile
from programmes.packs import packs_directory
from programmes.schema import Column, Form, FormField
from tests.factories.programmes import make_edition
from tests.workshop.visits import sign_in
from workshop import designing, form_changes
from workshop.copies import ChangedMeanwhile, clone_edition, files_of, remove_file, save_file
from workshop.design_forms import EntryForm, FormSettings, SectionForm
from workshop.designing import OpenForm
from workshop.field_settings import KINDS, SETTINGS
from workshop.field_settings import OTHERS as SPECIAL
from workshop.findings import examine
from workshop.form_display import clauses_in, offers_of

pytestmark = pytest.mark.django_db
PACKS = sorted(path for path in packs_directory().iterdir() if (path / "programme.yaml").is_file())


@pytest.fixture
def author(client: Client) -> Actor:
    return sign_in(client, Role.POLICY_ADMIN, name="何编写")


@pytest.fixture
def base(db: None) -> Edition:
    return make_edition()


@pytest.fixture
def copy(base: Edition, author: Actor) -> WorkingCopy:
    return clone_edition(edition=base, actor=author)


@pytest.fixture
def second(copy: WorkingCopy) -> Client:
    client = Client()
    sign_in(client, Role.POLICY_ADMIN, name="方审核")
    return client


def url(page: str, copy: Any, form: str = "BASIC", query: str = "") -> str:
    name = f"form_{page}" if page else "form"
    return reverse(f"workshop:{name}", args=[copy.public_id, form]) + query


def file(copy: WorkingCopy, form: str = "BASIC") -> WorkingFile:
    return copy.files.get(path=f"forms/{form}.yaml")


def file_at(copy: WorkingCopy, path: str) -> WorkingFile:
    return copy.files.get(path=path)


def controls(shown: str) -> dict[str, list[str]]:
    """What a browser would send of the settings' form, untouched."""
    part = shown[shown.index('name="version"') - 200 :] if 'id="entry-form"' not in shown else ""
    part = part or shown[shown.index('id="entry-form"') :]
    part = part[: part.index("</form>")]
    sent: dict[str, list[str]] = {}
    pattern = r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<input|<textarea|<select|<button|$)"
    for tag, attrs, inner in re.findall(pattern, part, re.DOTALL):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', attrs))
        name = given.get("name", "")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if tag == "select":
            value = re.findall(r'<option value="([^"]*)" selected', inner)
            sent.setdefault(name, []).extend(value[:1] or re.findall(r'<option value="([^"]*)"', inner)[:1])
        elif tag == "textarea":
            sent.setdefault(name, []).append(inner.split("</textarea>")[0].lstrip("\n"))
        elif given.get("type") not in ("checkbox", "radio") or " checked" in attrs:
            sent.setdefault(name, []).append(
                given.get("value", "on" if given.get("type") == "checkbox" else "")
            )
    return {name: [html.unescape(value) for value in values] for name, values in sent.items()}


def edit(client: Client, address: str, changes: dict[str, Any] | None = None) -> Any:
    """Open a page of settings, change some, save."""
    answer = client.get(address)
    assert answer.status_code == 200
    sent = {**controls(answer.content.decode()), "do": ["save"]}
    return client.post(address, sent | (changes or {}))


def told(answer: Any) -> str:
    return str(answer.content.decode())


# -- reading -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_form_as_it_is(client: Client, copy: WorkingCopy) -> None:
    shown = told(client.get(url("", copy)))
    for text in (
        "基本情况表",
        "单位名称",
        "营业收入",
        "万元",
        "一行多格",
        "总数",
        "人均收入",
        "自动计算",
        "第二条",
    ):
        assert text in shown
    assert shown.index("单位名称") < shown.index("营业收入") < shown.index("数据截至")
    assert "forms/BASIC.yaml" in told(client.get(reverse("workshop:forms", args=[copy.public_id])))


def test_the_preview_is_what_applicants_see(client: Client, copy: WorkingCopy) -> None:
    before = file(copy).version
    shown = told(client.get(url("preview", copy)))
    for text in ("单位名称", 'name="preview-name"', "以下各项符合条件时才显示", "股票代码"):
        assert text in shown
    assert "企业名称" in told(client.get(url("preview", copy, "FIRMS")))
    assert file(copy).version == before


@pytest.mark.parametrize(
    ("page", "query", "queries"),
    [
        ("", "", 10),
        ("preview", "", 9),
        ("settings", "", 10),
        ("field", "?key=name", 10),
        ("field", "", 10),
        ("section", "", 9),
    ],
)
def test_pages_cost_as_much_for_many_fields(
    client: Client, copy: WorkingCopy, django_assert_num_queries: Any, page: str, query: str, queries: int
) -> None:
    client.get(url(page, copy, query=query))
    with django_assert_num_queries(queries):
        client.get(url(page, copy, query=query))


def test_the_list_costs_as_much_for_many_forms(
    client: Client, copy: WorkingCopy, author: Actor, django_assert_num_queries: Any
) -> None:
    address = reverse("workshop:forms", args=[copy.public_id])
    for number in range(3):
        with django_assert_num_queries(10):
            assert client.get(address).status_code == 200
        data = {"code": f"MORE_{number}", "title": {"zh": "更多"}, "clause": "M·第一条", "fields": []}
        designing.add_form(copy=copy, data=data, actor=author)
    assert "尚未使用" in told(client.get(address))


# -- nothing touched, nothing changed --------------------------------------------------------------------------------------


def posted(form: Any) -> QueryDict:
    """What a browser sends of a form's page that nobody touched."""
    sent = QueryDict(mutable=True)
    for bound in form:
        value = bound.initial
        if isinstance(value, bool):
            if value:
                sent[bound.name] = "on"
        elif isinstance(value, list | tuple):
            sent.setlist(bound.name, [str(each) for each in value])
        else:
            sent[bound.name] = "" if value is None else str(value).replace("\n", "\r\n")
    for rows in getattr(form, "rows", {}).values():
        for part in ("code", "zh", "en"):
            sent.setlist(f"{rows.name}_{part}", [getattr(line, part) for line in rows.shown])
    return sent


@pytest.mark.parametrize("path", PACKS, ids=[path.name for path in PACKS])
def test_saving_untouched_settings_changes_nothing_in_any_pack(path: Any) -> None:
    files = packs.read_directory(path)
    for name in [name for name in files if name.startswith("forms/")]:
        text = files[name].decode()
        data = yaml_source.load(text, file=name).value
        shown = OpenForm(WorkingFile(path=name, text=text), data, Form.model_validate(data))
        before = copying.deepcopy(data)

        def untouched(
            item: Any, column: bool, shown: OpenForm = shown, data: Any = data, name: str = name
        ) -> Any:
            section = None if column else form_changes.section_of(data, item["key"])
            offers = offers_of(shown, files, item, item["type"])
            common = {
                "item": item,
                "kind": item["type"],
                "column": column,
                "offers": offers,
                "section": section,
            }
            form = EntryForm(posted(EntryForm(None, **common)), **common)
            assert form.is_valid(), (name, item["key"], form.errors)
            return form.result()

        for entry in data["fields"]:
            assert untouched(entry, False) == entry
            assert [untouched(each, True) for each in entry.get("columns", ())] == list(
                entry.get("columns", ())
            )
            change = lambda form, entry=entry: form_changes.change_field(form, entry["key"], dict(entry))  # noqa: E731
            assert designing.changed_text(text, name, change) is text
        for each in data.get("sections", ()):
            form = SectionForm(posted(SectionForm(item=each)), item=each)
            assert form.is_valid()
            assert form.result() == each
        own = FormSettings(
            posted(FormSettings(item=data, clauses=clauses_in(files))), item=data, clauses=clauses_in(files)
        )
        assert own.is_valid()
        assert own.result() == before


def test_saving_untouched_pages_leaves_the_file(client: Client, copy: WorkingCopy) -> None:
    texts = {name: file(copy, name).text for name in ("BASIC", "FIRMS", "PAPERS")}
    for name, text in texts.items():
        form = Form.model_validate(yaml_source.load(text, file="").value)
        for entry in form.fields:
            assert edit(client, url("field", copy, name, f"?key={entry.key}")).status_code == 302, entry.key
            for each in entry.columns:
                address = url("column", copy, name, f"?field={entry.key}&key={each.key}")
                assert edit(client, address).status_code == 302
        assert edit(client, url("settings", copy, name)).status_code == 302
        assert file(copy, name).text == text
        assert file(copy, name).version == 1
    assert not copy.earlier_texts.exists()


# -- changing --------------------------------------------------------------------------------------------------------------


def test_a_label_changes_its_own_line(client: Client, copy: WorkingCopy) -> None:
    before = file(copy).text
    answer = edit(client, url("field", copy, query="?key=about"), {"label_zh": "单位简介"})
    assert answer["Location"] == url("", copy, query="#f-about")
    text = file(copy).text
    assert text == before.replace("{zh: 简介, en: About}", "{zh: 单位简介, en: About}")
    assert copy.earlier_texts.get(path="forms/BASIC.yaml").text == before
    assert Entry.objects.filter(action="copy.saved").exists()


def test_windows_and_mixed_line_ends_stay(client: Client, copy: WorkingCopy, author: Actor) -> None:
    mixed = file(copy).text.replace("\n", "\r\n").replace("\r\n", "\n", 1)
    copy.files.filter(path="forms/BASIC.yaml").update(text=mixed)
    edit(client, url("field", copy, query="?key=about"), {"help_zh": "写明\r\n两行"})
    text = file(copy).text
    assert text.replace(', help: {zh: "写明\\n两行"}', "") == mixed
    assert "help" in text


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_field_can_be_made_and_checks(
    client: Client, copy: WorkingCopy, author: Actor, kind: str
) -> None:
    name = "PAPERS" if kind in ("file", "files", "form_link") else "BASIC"
    before, sound = file(copy, name).text, examine(files_of(copy)).problems
    address = url("field", copy, name)
    sent: dict[str, Any] = {**controls(told(client.get(address))), "type": kind}
    shown = told(client.post(address, sent | {"do": "redraw", "key": "fresh", "label_zh": "新增的项"}))
    assert 'value="新增的项"' in shown  # typed, kept
    extra: dict[str, Any] = {"clause": "M·第一条", "do": "save"}
    if kind in ("choice", "multi_choice"):
        extra |= {"choice_code": ["a", "", ""], "choice_zh": ["甲", "乙", ""], "choice_en": ["A", "", ""]}
    if kind == "form_link":
        extra["links"] = ["FIRMS"]
    answer = client.post(address, controls(shown) | extra)
    assert answer.status_code == 302, told(answer)
    if kind in ("grid", "table"):
        assert answer["Location"] == url("column", copy, name, "?field=fresh")
        done = edit(client, answer["Location"], {"label_zh": "第一列", "key": "one"})
        assert done.status_code == 302, told(done)
    form = Form.model_validate(yaml_source.load(file(copy, name).text, file="").value)
    made = form.fields[-1]
    assert (made.key, made.type, made.label.zh, made.clause) == ("fresh", kind, "新增的项", "M·第一条")
    assert [choice.code for choice in made.choices] == (["a", "o1"] if "choice" in kind else [])
    assert examine(files_of(copy)).problems == sound
    removing = {"version": file(copy, name).version, "do": "field-remove:fresh"}
    assert client.post(url("arrange", copy, name), removing).status_code == 302
    assert file(copy, name).text == before


def test_what_is_wrong_is_told_at_the_setting_and_nothing_is_lost(client: Client, copy: WorkingCopy) -> None:
    before = file(copy).text
    address = url("field", copy, query="?key=share")
    wrong = {"key": "revenue", "label_zh": "", "minimum": "9", "maximum": "3", "clause": "", "unit": "百分点"}
    answer = edit(client, address, wrong)
    assert answer.status_code == 422
    shown = told(answer)
    for text in (
        "已有代码为“revenue”的项",
        "最大值小于最小值",
        "请选择依据条款",
        'value="百分点"',
        "id_label_zh_error",
    ):
        assert text in shown
    answer = edit(client, address, {"key": "1 2"})
    assert "代码由英文字母、数字和下划线组成" in told(answer)
    answer = edit(client, address, {"minimum": "很小"})
    assert 'value="很小"' in told(answer)
    assert file(copy).text == before


def test_another_kind_is_shown_before_it_is_saved(client: Client, copy: WorkingCopy) -> None:
    before = file(copy).text
    address = url("field", copy, query="?key=about")
    answer = edit(client, address, {"type": "choice"})
    assert answer.status_code == 200  # its settings have not been seen
    shown = told(answer)
    assert "类型改为“单选”" in shown
    assert file(copy).text == before
    answer = client.post(address, controls(shown) | {"do": "save"})
    assert answer.status_code == 422
    assert "请至少写一个选项" in told(answer)
    address = url("field", copy, query="?key=share")
    shown = told(edit(client, address, {"type": "text"}))
    assert "保存时一并删除" in shown
    assert client.post(address, controls(shown) | {"do": "save"}).status_code == 302
    assert "key: share, label: {zh: 占比, en: Share}, type: text" in file(copy).text
    entry = next(e for e in yaml_source.load(file(copy).text, file="").value["fields"] if e["key"] == "share")
    assert "maximum" not in entry


def test_options_are_edited_side_by_side(client: Client, copy: WorkingCopy) -> None:
    address = url("field", copy, query="?key=fields")
    shown = told(client.get(address))
    moved = told(client.post(address, controls(shown) | {"do": "choice-down:0"}))
    assert moved.index('value="data"') < moved.index('value="cloud"')
    more = controls(moved)
    more |= {"choice_code": ["data", "cloud", ""], "choice_zh": ["大数据", "云", "人工智能"]}
    more |= {"choice_en": ["Data", "Cloud", ""], "do": ["save"]}
    assert client.post(address, more).status_code == 302
    assert (
        "choices: [{code: data, label: {zh: 大数据, en: Data}}, {code: cloud, label: {zh: 云, en: Cloud}}, "
        "{code: o1, label: {zh: 人工智能}}]"
    ) in file(copy).text
    twice = controls(told(client.get(address)))
    twice |= {"choice_code": ["data", "data", ""], "choice_zh": ["甲", "乙", ""], "choice_en": ["", "", ""]}
    answer = client.post(address, twice | {"do": ["save"]})
    assert answer.status_code == 422
    assert "代码“data”重复" in told(answer)


def test_long_lists_of_options_are_kept_whole(client: Client, copy: WorkingCopy) -> None:
    listed = ", ".join(f"{{code: c{number}, label: {{zh: 选项{number}}}}}" for number in range(260))
    old = "[{code: cloud, label: {zh: 云计算, en: Cloud}}, {code: data, label: {zh: 大数据, en: Data}}]"
    text = file(copy).text.replace(old, f"[{listed}]")
    assert "选项259" in text
    copy.files.filter(path="forms/BASIC.yaml").update(text=text)
    assert edit(client, url("field", copy, query="?key=fields"), {"label_zh": "产业领域"}).status_code == 302
    assert file(copy).text == text.replace("{zh: 领域, en: Fields}", "{zh: 产业领域, en: Fields}")


def test_an_option_that_a_rule_names_stays(client: Client, copy: WorkingCopy) -> None:
    before = file(copy, "FIRMS").text
    address = url("column", copy, "FIRMS", "?field=rows&key=kind")
    rows = {"choice_code": ["small"], "choice_zh": ["小型"], "choice_en": ["Small"]}
    answer = edit(client, address, rows)
    assert answer.status_code == 422
    assert "选项“large”仍被引用" in told(answer)
    assert "rules.yaml" in told(answer)
    assert file(copy, "FIRMS").text == before


def test_what_is_used_is_neither_renamed_nor_taken_out(
    client: Client, copy: WorkingCopy, author: Actor
) -> None:
    before = file(copy).text
    shown = told(client.get(url("field", copy, query="?key=revenue")))
    assert "不能改代码" in shown
    assert 'name="key"' not in shown
    answer = edit(client, url("field", copy, query="?key=revenue"), {"key": "turnover"})
    assert answer.status_code == 302  # what is not offered is not read
    page = told(client.get(url("", copy)))
    assert "field-remove:revenue" not in page
    assert "field-remove:about" in page
    removing = {"version": file(copy).version, "do": "field-remove:revenue"}
    answer = client.post(url("arrange", copy), removing)
    assert answer.status_code == 422
    assert "“营业收入”仍被引用" in told(answer)
    assert "rules.yaml第" in told(answer)
    with pytest.raises(Refusal, match="仍被引用"):
        designing.remove_column(
            copy=copy, path="forms/FIRMS.yaml", key="rows", column="output", version=1, actor=author
        )
    assert file(copy).text == before


def test_a_code_that_rules_name_alone_stays_of_one_form(client: Client, copy: WorkingCopy) -> None:
    answer = edit(
        client, url("field", copy, "PAPERS"), {"key": "revenue", "label_zh": "甲", "clause": "M·第一条"}
    )
    assert answer.status_code == 422
    assert "请改用其他代码" in told(answer)


def test_findings_stand_at_their_field(client: Client, copy: WorkingCopy) -> None:
    edit(client, url("field", copy, query="?key=about"), {"visible_when": "listd"})
    shown = told(client.get(url("", copy)))
    row = shown[shown.index('id="f-about"') : shown.index('id="f-revenue"')]
    assert "listd" in row
    assert "ws-entry-bad" in shown
    assert "listd" in told(client.get(url("field", copy, query="?key=about")))


# -- order and headings ----------------------------------------------------------------------------------------------------


def keys(copy: WorkingCopy, form: str = "BASIC") -> list[str]:
    return [entry["key"] for entry in yaml_source.load(file(copy, form).text, file="").value["fields"]]


def arrange(client: Client, copy: WorkingCopy, do: str, form: str = "BASIC") -> Any:
    return client.post(url("arrange", copy, form), {"version": file(copy, form).version, "do": do})


def test_fields_and_columns_are_moved(client: Client, copy: WorkingCopy) -> None:
    before = file(copy, "FIRMS").text
    assert arrange(client, copy, "field-up:as_of", "FIRMS").status_code == 302
    assert keys(copy, "FIRMS") == ["as_of", "rows"]
    arrange(client, copy, "field-up:as_of", "FIRMS")  # at the top already
    arrange(client, copy, "field-down:as_of", "FIRMS")
    assert file(copy, "FIRMS").text == before
    arrange(client, copy, "column-down:rows.name", "FIRMS")
    columns = yaml_source.load(file(copy, "FIRMS").text, file="").value["fields"][0]["columns"]
    assert [each["key"] for each in columns] == ["output", "name", "kind"]
    arrange(client, copy, "column-up:rows.name", "FIRMS")
    assert file(copy, "FIRMS").text == before
    for nonsense in ("field-up:nobody", "column-up:rows.nobody", "section-up:7", "field-burn:rows", "", "x"):
        assert arrange(client, copy, nonsense, "FIRMS").status_code == 404


def test_headings_take_their_fields(client: Client, copy: WorkingCopy) -> None:
    before = file(copy, "FIRMS").text
    edit(client, url("section", copy, "FIRMS"), {"title_zh": "第一部分"})
    edit(
        client, url("section", copy, "FIRMS"), {"title_zh": "第二部分", "help_zh": "说明", "printed": "rows"}
    )
    edit(client, url("field", copy, "FIRMS", "?key=as_of"), {"section": "1"})
    sections = yaml_source.load(file(copy, "FIRMS").text, file="").value["sections"]
    assert [(each["title"]["zh"], each["fields"]) for each in sections] == [
        ("第一部分", ["rows"]),
        ("第二部分", ["as_of"]),
    ]
    assert sections[1]["printed"] == "rows"
    arrange(client, copy, "field-up:as_of", "FIRMS")  # over the edge of its heading
    sections = yaml_source.load(file(copy, "FIRMS").text, file="").value["sections"]
    assert [each["fields"] for each in sections] == [["rows", "as_of"], []]
    arrange(client, copy, "section-up:1", "FIRMS")
    edit(client, url("section", copy, "FIRMS", "?number=1"), {"title_zh": "名录一节"})
    shown = told(client.get(url("", copy, "FIRMS")))
    assert shown.index("第二部分") < shown.index("名录一节")
    arrange(client, copy, "section-remove:1", "FIRMS")
    arrange(client, copy, "section-remove:0", "FIRMS")
    assert file(copy, "FIRMS").text == before


def test_a_renamed_field_keeps_its_heading(client: Client, copy: WorkingCopy) -> None:
    edit(client, url("section", copy, "PAPERS"), {"title_zh": "材料"})
    assert edit(client, url("field", copy, "PAPERS", "?key=proofs"), {"key": "evidence"}).status_code == 302
    value = yaml_source.load(file(copy, "PAPERS").text, file="").value
    assert value["sections"][0]["fields"] == ["basic", "licence", "evidence"]
    assert "evidence" in keys(copy, "PAPERS")


# -- forms -----------------------------------------------------------------------------------------------------------------


def test_a_form_is_made_filled_and_taken_out(client: Client, copy: WorkingCopy) -> None:
    address = reverse("workshop:form_new", args=[copy.public_id])
    common = {"title_zh": "补充表", "kind": "form", "origin": "supplementary", "clause": "M·第一条"}
    for code in ("BASIC", "1x", ""):
        refused = client.post(address, common | {"code": code})
        assert refused.status_code == 422
        assert 'value="补充表"' in told(refused)
    answer = client.post(address, common | {"code": "EXTRA"})
    assert answer["Location"] == url("", copy, "EXTRA")
    assert file(copy, "EXTRA").text == (
        "code: EXTRA\ntitle: {zh: 补充表}\nclause: M·第一条\nkind: form\norigin: supplementary\nfields: []\n"
    )
    shown = told(client.get(url("", copy, "EXTRA")))
    assert "尚无环节使用本表单" in shown
    edit(client, url("field", copy, "EXTRA"), {"key": "first", "label_zh": "第一项", "clause": "M·第一条"})
    assert "fields:\n  - key: first\n    label: {zh: 第一项}\n    type: text\n" in file(copy, "EXTRA").text
    version = {"version": file(copy, "EXTRA").version}
    assert client.post(url("remove", copy, "EXTRA"), {"version": "1"}).status_code == 409
    assert client.post(url("remove", copy, "EXTRA"), version).status_code == 302
    assert not copy.files.filter(path="forms/EXTRA.yaml").exists()
    used = client.post(url("remove", copy), {"version": file(copy).version})
    assert used.status_code == 422
    assert "仍被引用" in told(used)
    assert client.get(url("", copy, "EXTRA")).status_code == 404


def test_a_form_is_given_to_steps(client: Client, copy: WorkingCopy) -> None:
    before = file_at(copy, "programme.yaml").text
    shown = told(client.get(url("steps", copy)))
    assert re.findall(r'value="(\w+)" checked', shown) == ["declare"]
    version = {"version": file_at(copy, "programme.yaml").version}
    assert client.post(url("steps", copy), version | {"step": ["declare"]}).status_code == 302
    assert file_at(copy, "programme.yaml").text == before
    assert client.post(url("steps", copy, "FIRMS"), version | {"step": []}).status_code == 302
    assert file_at(copy, "programme.yaml").text == before.replace("forms: [BASIC, FIRMS]", "forms: [BASIC]")
    stale = client.post(url("steps", copy, "FIRMS"), version | {"step": ["declare"]})
    assert stale.status_code == 409
    assert re.findall(r'value="(\w+)" checked', told(stale)) == ["declare"]
    version = {"version": file_at(copy, "programme.yaml").version}
    client.post(url("steps", copy, "FIRMS"), version | {"step": ["declare", "nonsense"]})
    assert file_at(copy, "programme.yaml").text == before
    version = {"version": file_at(copy, "programme.yaml").version}
    client.post(url("steps", copy, "PAPERS"), version | {"step": []})
    assert "materials: PAPERS" not in file_at(copy, "programme.yaml").text
    copy.files.filter(path="programme.yaml").update(text="[")
    assert client.get(url("steps", copy)).status_code == 422


def test_every_key_of_a_field_has_a_setting() -> None:
    own = {"key", "label", "type", "help", *SPECIAL}
    assert set(FormField.model_fields) == {each.name for each in SETTINGS} - {"parts"} | own
    assert set(Column.model_fields) == {each.name for each in SETTINGS if each.column} | own - {
        "columns",
        "part_labels",
    }


def test_a_form_that_cannot_be_read_says_why(client: Client, copy: WorkingCopy) -> None:
    copy.files.filter(path="forms/BASIC.yaml").update(text="code: BASIC\nfields: [\n")
    shown = told(client.get(url("", copy)))
    assert "该表单尚有格式问题" in shown
    assert "不是规范的 YAML" in shown
    assert client.get(url("field", copy)).status_code == 404
    assert "格式有误" in told(client.get(reverse("workshop:forms", args=[copy.public_id])))
    other = told(client.get(url("", copy, "FIRMS")))
    assert "其他文件尚有格式问题" in other


def test_an_odd_way_of_writing_is_refused_in_words(client: Client, copy: WorkingCopy) -> None:
    text = file(copy).text.replace("clause: M·第一条, max_length", "clause: &one M·第一条, max_length", 1)
    text = text.replace("clause: M·第一条, required", "clause: *one, required", 1)
    copy.files.filter(path="forms/BASIC.yaml").update(text=text)
    answer = edit(
        client, url("field", copy, query="?key=about"), {"label_zh": "单位简介", "clause": "M·第二条"}
    )
    assert answer.status_code == 422
    assert "请在文本编辑中修改" in told(answer)
    assert 'value="单位简介"' in told(answer)
    assert file(copy).text == text
    # what stands beside an alias can be changed
    assert edit(client, url("field", copy, query="?key=about"), {"label_zh": "单位简介"}).status_code == 302
    assert file(copy).text == text.replace("zh: 简介", "zh: 单位简介")


# -- others ----------------------------------------------------------------------------------------------------------------


def test_the_slower_one_sees_both_and_decides(client: Client, copy: WorkingCopy, second: Client) -> None:
    address = url("field", copy, query="?key=about")
    mine = {**controls(told(client.get(address))), "label_zh": ["我的简介"], "do": ["save"]}
    edit(second, address, {"label_zh": "对方的简介", "unit": ""})
    slow = client.post(address, mine)
    assert slow.status_code == 409
    for text in ("我的简介", "对方的简介", "方审核", "对方保存的内容"):
        assert text in told(slow)
    assert "对方的简介" in file(copy).text
    again = client.post(address, controls(told(slow)) | {"do": ["save"]})
    assert again.status_code == 302
    assert "我的简介" in file(copy).text
    stale = client.post(url("arrange", copy), {"version": "1", "do": "field-remove:about"})
    assert stale.status_code == 409
    assert "about" in keys(copy)


def test_what_was_typed_for_a_field_that_is_gone_becomes_a_new_one(
    client: Client, copy: WorkingCopy, second: Client
) -> None:
    address = url("field", copy, query="?key=about")
    mine = {**controls(told(client.get(address))), "label_zh": ["我的简介"], "do": ["save"]}
    arrange(second, copy, "field-remove:about")
    slow = client.post(address, mine)
    assert slow.status_code == 409
    assert "已被他人删除" in told(slow)
    sent = controls(told(slow)) | {"do": ["save"]}
    assert client.post(url("field", copy), sent).status_code == 302
    assert "我的简介" in file(copy).text


@pytest.mark.parametrize("status", [CopyStatus.SUBMITTED, CopyStatus.PUBLISHED, CopyStatus.DISCARDED])
def test_a_copy_that_is_not_being_written_is_shown_only(
    client: Client, copy: WorkingCopy, status: CopyStatus
) -> None:
    WorkingCopy.objects.filter(pk=copy.pk).update(status=status)
    before = file(copy).text
    for page, query in (
        ("", ""),
        ("field", "?key=about"),
        ("settings", ""),
        ("section", ""),
        ("preview", ""),
    ):
        shown = told(client.get(url(page, copy, query=query)))
        assert "工作副本已" in shown
        assert page in ("preview", "section") or "aria-disabled" in shown
        assert 'type="submit" form="arrange"' not in shown
    refused = edit(client, url("field", copy, query="?key=about"), {"label_zh": "单位简介"})
    assert refused.status_code == 422
    assert "不在编写中" in told(refused)
    assert arrange(client, copy, "field-remove:about").status_code == 422
    assert client.post(url("remove", copy, "PAPERS"), {"version": "1"}).status_code == 422
    assert file(copy).text == before


def test_what_was_typed_is_text_everywhere(client: Client, copy: WorkingCopy) -> None:
    attack = "<script>alert(1)</script>"
    edit(
        client,
        url("field", copy, query="?key=about"),
        {"label_zh": attack, "help_zh": attack, "label_en": attack},
    )
    edit(client, url("section", copy), {"title_zh": attack})
    edit(client, url("settings", copy), {"title_zh": attack, "note_zh": attack})
    for page, query in (
        ("", ""),
        ("field", "?key=about"),
        ("section", "?number=0"),
        ("settings", ""),
        ("preview", ""),
    ):
        shown = told(client.get(url(page, copy, query=query)))
        assert "alert(1)" in shown
        assert attack not in shown
    assert attack not in told(client.get(reverse("workshop:forms", args=[copy.public_id])))


def test_an_unsound_form_is_previewed_all_the_same(client: Client, copy: WorkingCopy) -> None:
    text = (
        "code: BASIC\ntitle: {zh: 甲}\nclause: M·第一条\nfields:\n"
        "  - {key: a, label: {zh: 表}, type: table, clause: '', printed_rows: 9000000, visible_when: nobody ==}\n"
        "  - {key: b, label: {zh: 格}, type: grid, clause: ''}\n"
        "  - {key: b, label: {zh: 选}, type: choice, clause: '', calculated: nobody}\n"
        "  - {key: c, label: {zh: 链}, type: form_link, clause: ''}\n"
        "sections:\n  - {title: {zh: 节}, fields: [a, a, nobody]}\n  - {title: {zh: 空}, fields: []}\n"
    )
    copy.files.filter(path="forms/BASIC.yaml").update(text=text)
    for page in ("", "preview", "settings"):
        assert client.get(url(page, copy)).status_code == 200
    assert client.get(url("field", copy, query="?key=b")).status_code == 200
    assert "“b”与其他项重名" in told(client.get(url("", copy)))


def test_nonsense_is_not_found(client: Client, copy: WorkingCopy) -> None:
    for page, query in (
        ("field", "?key=nobody"),
        ("column", ""),
        ("column", "?field=name"),
        ("column", "?field=staff&key=nobody"),
        ("section", "?number=9"),
        ("section", "?number=x"),
    ):
        assert client.get(url(page, copy, query=query)).status_code == 404, (page, query)
    assert client.get(url("", copy, "NOBODY")).status_code == 404
    assert client.post(url("field", copy, query="?after=nobody&section=99999"), {}).status_code == 200


def test_it_speaks_english(client: Client, copy: WorkingCopy) -> None:
    client.post(reverse("accounts:set_language"), {"language": "en"})
    for page in ("", "field", "settings", "preview"):
        assert client.get(url(page, copy)).status_code == 200
    with translation.override("en"):
        assert "Basic data" in told(client.get(url("", copy)))


# -- what is used stays, whatever takes it away ------------------------------------------------------------------------------


def retype(client: Client, address: str, kind: str, changes: dict[str, Any] | None = None) -> Any:
    """Choose another kind, look at its settings, save."""
    shown = told(edit(client, address, {"type": kind}))
    return client.post(address, controls(shown) | {"do": "save"} | (changes or {}))


OPTION = {"choice_code": ["a"], "choice_zh": ["甲"], "choice_en": [""]}


@pytest.mark.parametrize(
    ("form", "page", "query", "kind", "changes"),
    [
        ("FIRMS", "field", "?key=rows", "text", {}),  # its columns
        ("FIRMS", "field", "?key=rows", "grid", {}),  # its columns, as those of a table
        ("BASIC", "field", "?key=staff", "table", {}),  # the codes of its cells
        ("FIRMS", "column", "?field=rows&key=kind", "text", {}),  # its options
        ("FIRMS", "column", "?field=rows&key=kind", "multi_choice", OPTION),
    ],
)
def test_another_kind_takes_nothing_from_rules(
    client: Client, copy: WorkingCopy, form: str, page: str, query: str, kind: str, changes: dict[str, Any]
) -> None:
    before = file(copy, form).text
    answer = retype(client, url(page, copy, form, query), kind, changes)
    assert answer.status_code == 422
    assert "仍被引用" in told(answer)
    assert "rules.yaml第" in told(answer)
    assert file(copy, form).text == before


def test_a_named_part_of_a_cell_stays(client: Client, copy: WorkingCopy) -> None:
    address = url("column", copy, query="?field=staff&key=rd")
    rules = file_at(copy, "rules.yaml").text
    used = rules.replace("expr: revenue >= 1000", "expr: revenue >= 1000 and staff_rd_senior > 0", 1)
    copy.files.filter(path="rules.yaml").update(text=used)
    before = file(copy).text
    answer = edit(client, address, {"parts": ""})
    assert answer.status_code == 422
    assert "“senior”仍被引用" in told(answer)
    assert 'id="id_parts_error"' in told(answer)
    assert file(copy).text == before
    copy.files.filter(path="rules.yaml").update(text=rules)
    assert edit(client, address, {"parts": ""}).status_code == 302
    assert "parts" not in file(copy).text.replace("part_labels", "")


def test_a_list_of_materials_that_is_used_stays_one(client: Client, copy: WorkingCopy) -> None:
    before = file(copy, "PAPERS").text
    answer = edit(client, url("settings", copy, "PAPERS"), {"kind": "form"})
    assert answer.status_code == 422
    assert "不能改为或者改自材料清单" in told(answer)
    assert "programme.yaml第" in told(answer)
    assert edit(client, url("settings", copy), {"kind": "materials"}).status_code == 422
    assert edit(client, url("settings", copy), {"kind": "outline"}).status_code == 302
    assert file(copy, "PAPERS").text == before


def test_nothing_is_taken_out_while_a_file_cannot_be_read(
    client: Client, copy: WorkingCopy, author: Actor
) -> None:
    rules = file_at(copy, "rules.yaml").text
    copy.files.filter(path="rules.yaml").update(text=rules + "\n- [")
    before = file(copy).text
    for do in ("field-remove:revenue", "field-remove:about", "column-remove:staff.rd"):
        answer = arrange(client, copy, do)
        assert answer.status_code == 422
        assert "rules.yaml 尚有格式问题，无法核对引用" in told(answer) or "仍被引用" in told(answer)
    shown = told(client.get(url("field", copy, query="?key=about")))
    assert "无法核对引用" in shown
    assert 'name="key"' not in shown
    with pytest.raises(Refusal, match="无法核对引用"):
        designing.change_form(
            copy=copy,
            path="forms/BASIC.yaml",
            version=1,
            actor=author,
            change=lambda form: form_changes.change_field(
                form, "about", form["fields"][1] | {"key": "other"}
            ),
        )
    assert file(copy).text == before
    assert edit(client, url("field", copy, query="?key=about"), {"label_zh": "单位简介"}).status_code == 302
    copy.files.filter(path="rules.yaml").update(text=rules)
    assert arrange(client, copy, "field-remove:about").status_code == 302


def test_cells_of_a_grid_have_codes_of_their_own(client: Client, copy: WorkingCopy) -> None:
    edit(client, url("field", copy), {"key": "staff_new", "label_zh": "新增的项", "clause": "M·第一条"})
    before = file(copy).text
    address = url("column", copy, query="?field=staff")
    answer = edit(client, address, {"key": "new", "label_zh": "新列", "type": "text"})
    assert answer.status_code == 422
    assert "已有代码为“staff_new”的项" in told(answer)
    assert 'value="新列"' in told(answer)
    answer = edit(client, url("column", copy, query="?field=staff&key=total"), {"parts": "new"})
    assert answer.status_code == 302  # staff_total_new is free
    copy.files.filter(path="forms/BASIC.yaml").update(text=before)
    edit(client, url("field", copy, "FIRMS"), {"key": "staff_old", "label_zh": "甲", "clause": "M·第一条"})
    rules = file_at(copy, "rules.yaml").text.replace("expr: day != null", "expr: staff_old != ''", 1)
    copy.files.filter(path="rules.yaml").update(text=rules)
    answer = edit(client, address, {"key": "old", "label_zh": "旧列", "type": "text"})
    assert answer.status_code == 422
    assert "请改用其他代码" in told(answer)


# -- odd files and odd requests ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: {zh: 申报}", "title: 公示"),
        ("title: {zh: 申报}", "title: [1]"),
        ("forms: [BASIC, FIRMS]", "forms: 5"),
        ("forms: [BASIC, FIRMS]", "forms: BASIC"),
    ],
)
def test_steps_that_say_odd_things(client: Client, copy: WorkingCopy, old: str, new: str) -> None:
    programme = file_at(copy, "programme.yaml").text
    assert old in programme
    text = programme.replace(old, new)
    copy.files.filter(path="programme.yaml").update(text=text)
    shown = client.get(url("steps", copy))
    assert shown.status_code == 200
    if "forms" in new:
        assert " checked" not in told(shown)
        version = {"version": file_at(copy, "programme.yaml").version}
        answer = client.post(url("steps", copy), version | {"step": ["declare"]})
        assert answer.status_code == 422
        assert "请在文本编辑中修改" in told(answer)
        assert file_at(copy, "programme.yaml").text == text


def test_an_odd_form_elsewhere_stops_nobody(client: Client, copy: WorkingCopy) -> None:
    odd = "fields:\n  - {key: a, type: grid, links: true, columns: [{key: b, parts: 3}]}\n"
    copy.files.filter(path="forms/FIRMS.yaml").update(text=odd)
    for page in ("", "settings", "field", "steps"):
        assert client.get(url(page, copy)).status_code == 200
    assert client.get(reverse("workshop:forms", args=[copy.public_id])).status_code == 200


def test_only_steps_in_which_forms_are_filled_in_are_offered(client: Client, copy: WorkingCopy) -> None:
    offered = lambda: re.findall(r'id="step-(\w+)"', told(client.get(url("steps", copy))))  # noqa: E731
    assert offered() == ["declare"]
    text = file_at(copy, "programme.yaml").text
    used = text.replace("      rubric: review\n", "      rubric: review\n      forms: [BASIC]\n", 1)
    copy.files.filter(path="programme.yaml").update(text=used)
    assert offered() == ["declare", "review"]  # to be taken from there


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "１２３４５"])
def test_numbers_that_are_none(client: Client, copy: WorkingCopy, number: str) -> None:
    edit(client, url("section", copy), {"title_zh": "一"})
    assert client.get(url("section", copy, query=f"?number={number}")).status_code == 404
    assert client.get(url("field", copy, query=f"?section={number}")).status_code == 200
    assert arrange(client, copy, f"section-up:{number}").status_code == 404
    stale = client.post(url("arrange", copy), {"version": number, "do": "field-remove:about"})
    assert stale.status_code == 409


def test_very_many_options_are_told_so(client: Client, copy: WorkingCopy) -> None:
    before = file(copy).text
    many = {"choice_code": [""] * 1100, "choice_zh": ["甲"] * 1100, "choice_en": [""] * 1100}
    answer = edit(client, url("field", copy, query="?key=fields"), many)
    assert answer.status_code == 422
    assert "不超过1000行，现有1100行" in told(answer)
    assert file(copy).text == before


# -- nothing typed is lost ------------------------------------------------------------------------------------------------------


def test_a_heading_renamed_meanwhile(client: Client, copy: WorkingCopy, second: Client) -> None:
    edit(client, url("section", copy), {"title_zh": "原来的小节"})
    address = url("section", copy, query="?number=0")
    mine = {**controls(told(client.get(address))), "title_zh": ["我的小节"], "help_zh": ["我的说明"]}
    edit(second, address, {"title_zh": "对方的小节"})
    slow = client.post(address, mine)
    assert slow.status_code == 409
    for text in ("我的小节", "我的说明", "对方的小节", "方审核"):
        assert text in told(slow)
    assert "对方的小节" in file(copy).text
    assert client.post(address, controls(told(slow))).status_code == 302
    assert "我的说明" in file(copy).text
    assert "对方的小节" not in file(copy).text
    arrange(second, copy, "section-remove:0")
    slow = client.post(address, mine)
    assert slow.status_code == 409
    assert "保存即作为新的小节加入" in told(slow)
    assert client.post(url("section", copy), controls(told(slow))).status_code == 302
    assert "我的小节" in file(copy).text


def test_the_field_of_a_column_removed_meanwhile(client: Client, copy: WorkingCopy, second: Client) -> None:
    edit(client, url("field", copy), {"key": "extra", "label_zh": "另表", "clause": "M·第一条"})
    retype(client, url("field", copy, query="?key=extra"), "table")
    address = url("column", copy, query="?field=extra")
    mine = {**controls(told(client.get(address))), "key": ["one"], "label_zh": ["我的列"], "do": ["save"]}
    arrange(second, copy, "field-remove:extra")
    slow = client.post(address, mine)
    assert slow.status_code == 409
    assert 'value="我的列"' in told(slow)
    assert "该列所在的表已被他人删除" in told(slow)
    assert "extra" not in keys(copy)


@pytest.mark.parametrize(
    ("page", "query", "name"),
    [
        ("field", "?key=about", "label_zh"),
        ("field", "", "label_zh"),
        ("column", "?field=staff&key=rd", "label_zh"),
        ("settings", "", "title_zh"),
        ("section", "", "title_zh"),
    ],
)
def test_a_form_that_became_unreadable_meanwhile(
    client: Client, copy: WorkingCopy, author: Actor, page: str, query: str, name: str
) -> None:
    address = url(page, copy, query=query)
    mine = {**controls(told(client.get(address))), name: ["我写的名称"], "do": ["save"]}
    save_file(copy=copy, path="forms/BASIC.yaml", text="[", version=1, actor=author)
    slow = client.post(address, mine)
    assert slow.status_code == 409
    assert 'value="我写的名称"' in told(slow)
    assert "有了格式问题，尚未保存" in told(slow)
    assert file(copy).text == "["
    assert client.get(address).status_code == 404


def test_long_and_broken_names_of_options(client: Client, copy: WorkingCopy) -> None:
    address = url("field", copy, query="?key=fields")
    long = "长" * 501
    rows = {"choice_code": ["cloud", "data"], "choice_zh": [long, "甲\r\n乙"], "choice_en": ["", ""]}
    answer = edit(client, address, rows)
    assert answer.status_code == 422
    assert "名称不超过500个字符" in told(answer)
    assert long in told(answer)
    assert edit(client, address, rows | {"choice_zh": ["短", "甲\r\n乙"]}).status_code == 302
    text = file(copy).text
    choices = next(e for e in yaml_source.load(text, file="").value["fields"] if e["key"] == "fields")
    assert choices["choices"][1]["label"]["zh"] == "甲\n乙"
    shown = told(client.get(address))
    assert re.search(r'<textarea[^>]*name="choice_zh"[^>]*>\n甲\n乙</textarea>', shown)
    assert edit(client, address).status_code == 302
    assert file(copy).text == text


def test_a_heading_of_two_lines(client: Client, copy: WorkingCopy) -> None:
    edit(client, url("section", copy), {"title_zh": "甲"})
    copy.files.filter(path="forms/BASIC.yaml").update(
        text=file(copy).text.replace("title: {zh: 甲}", 'title: {zh: "甲\\n乙"}')
    )
    address = url("section", copy, query="?number=0")
    sent = controls(told(client.get(address)))
    assert sent["was"] == ["甲\n乙"]
    sent |= {"was": ["甲\r\n乙"], "title_zh": ["甲\r\n丙"]}
    assert client.post(address, sent).status_code == 302
    assert yaml_source.load(file(copy).text, file="").value["sections"][0]["title"]["zh"] == "甲\n丙"


def test_the_parts_of_a_cell_have_no_order_of_their_own(client: Client, copy: WorkingCopy) -> None:
    address = url("field", copy, query="?key=staff")
    shown = told(client.get(address))
    assert 'value="part-drop:0"' in shown
    assert "part-up" not in shown
    assert "part-down" not in shown
    assert "choice-down:0" in told(client.get(url("field", copy, query="?key=fields")))


def test_what_stands_in_the_file_may_stay(client: Client, copy: WorkingCopy) -> None:
    long = "很" * 600
    text = file(copy, "FIRMS").text.replace("max_rows: 4", "max_rows: 90000")
    text = text.replace("printed_rows: 3", "printed_rows: 500").replace("zh: 大型", f"zh: {long}")
    text = text.replace(
        "label: {zh: 企业, en: Firms}", f"label: {{zh: {long}}}\n    help: {{zh: {long * 8}}}"
    )
    copy.files.filter(path="forms/FIRMS.yaml").update(text=text)
    assert edit(client, url("field", copy, "FIRMS", "?key=rows"), {"unit": "家"}).status_code == 302
    address = url("column", copy, "FIRMS", "?field=rows&key=kind")
    assert edit(client, address, {"label_zh": "企业类型"}).status_code == 302
    assert long in file(copy, "FIRMS").text
    more = {"max_rows": "100001", "printed_rows": "501", "label_zh": long + "很"}
    answer = edit(client, url("field", copy, "FIRMS", "?key=rows"), more)
    assert answer.status_code == 422
    for name in ("max_rows", "printed_rows", "label_zh"):
        assert f'id="id_{name}_error"' in told(answer)


def test_unticked_stays_unticked_when_drawn_again(client: Client, copy: WorkingCopy) -> None:
    address = url("field", copy, "PAPERS", "?key=basic")
    sent = controls(told(client.get(address)))
    assert sent.pop("links") == ["BASIC"]
    again = controls(told(client.post(address, sent | {"do": "redraw"})))
    assert "links" not in again
    other = controls(told(client.post(address, sent | {"links": ["BASIC"], "do": "redraw", "type": "text"})))
    back = controls(told(client.post(address, other | {"do": "redraw", "type": "form_link"})))
    assert back["links"] == ["BASIC"]  # the page between had no boxes


# -- two at once ---------------------------------------------------------------------------------------------------------------


def test_the_copy_is_held_before_anything_is_read(copy: WorkingCopy, author: Actor) -> None:
    doors: list[Any] = [
        lambda: designing.remove_field(
            copy=copy, path="forms/BASIC.yaml", key="about", version=99, actor=author
        ),
        lambda: designing.remove_column(
            copy=copy, path="forms/FIRMS.yaml", key="rows", column="name", version=99, actor=author
        ),
        lambda: designing.remove_form(copy=copy, path="forms/FIRMS.yaml", version=99, actor=author),
        lambda: remove_file(copy=copy, path="forms/FIRMS.yaml", version=99, actor=author),
    ]
    for door in doors:
        with pytest.raises(ChangedMeanwhile), CaptureQueriesContext(connection) as asked:
            door()
        selects = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
        assert f'FROM "{WorkingCopy._meta.db_table}"' in selects[0]
    assert copy.files.filter(path="forms/FIRMS.yaml").exists()
