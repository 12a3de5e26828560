"""Everything that must hold before a pack may be published: each violation is found at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from programmes import packs
from programmes.checks import check_pack, require_sound
from programmes.citations import clauses_of, parts_of, written_out
from programmes.problems import PackError
from tests.factories.programmes import mini_pack

Edit = Callable[[Any], object]


def test_the_mini_pack_is_in_order() -> None:
    assert check_pack(mini_pack()) == []


def field(key: str, **changes: Any) -> Edit:
    """Change a form's field."""
    return lambda form: next(f for f in form["fields"] if f["key"] == key).update(changes)


def step(name: str, **changes: Any) -> Edit:
    """Change a step."""
    return lambda content: content["lifecycle"]["steps"][name].update(changes)


def rule(number: int, **changes: Any) -> Edit:
    """Change a rule."""
    return lambda rules: rules[number - 1].update(changes)


def top(**changes: Any) -> Edit:
    """Change a file's own keys."""
    return lambda content: content.update(changes)


SIDE = {
    "title": {"zh": "考评"},
    "flow": "appraise",
    "clause": "M·第四条",
    "every": "1 year",
    "during": ["in_force"],
    "kinds": [{"code": "yearly", "label": {"zh": "年度"}}],
    "counted": ["yearly"],
    "rubric": "review",
    "items": {"yearly": ["design", "effect"]},
    "methods": [{"code": "visit", "label": {"zh": "实地考察"}}],
    "pass_mark": "threshold",
    "rectify_within": "90 day",
    "deadlines": {"check": {"within": "10 working_day"}},
    "escalate_to": "propose_revocation",
    "letters": {"conclude_qualified": "receipt"},
}


def with_side(**changes: Any) -> Edit:
    """Give the pack an appraisal, and the step that it runs beside the command that starts it."""

    def edit(content: Any) -> None:
        content["side"] = {"appraisal": SIDE | changes}
        content["lifecycle"]["steps"]["in_force"]["commands"]["start_appraisal"] = {"clause": "M·第四条"}

    return edit


def test_a_side_procedure_in_order() -> None:
    assert check_pack(mini_pack({"programme.yaml": with_side()})) == []


P, R, U, K = "programme.yaml", "rules.yaml", "rubrics.yaml", "clauses.yaml"
B = "forms/BASIC.yaml"


@pytest.mark.parametrize(
    ("file", "edit", "where", "says"),
    [
        # citations
        (P, step("declare", clause="M·第九条"), "lifecycle.steps.declare.clause", "条款“M·第九条”不在"),
        (P, step("declare", clause="M·第一条;第九条"), "lifecycle.steps.declare.clause", "条款“第九条”不在"),
        (P, step("declare", clause=""), "lifecycle.steps.declare.clause", "缺少条款依据"),
        (
            P,
            step("declare", clauses={"submit": "X"}),
            "lifecycle.steps.declare.clauses.submit",
            "条款“X”不在",
        ),
        (B, field("name", clause="X"), "fields.name.clause", "条款“X”不在"),
        (R, rule(2, clause="X"), "M-2.clause", "条款“X”不在"),
        (
            U,
            lambda c: c["review"]["indicators"][0].update(clause="X"),
            "review.indicators.design.clause",
            "条款“X”不在",
        ),
        (K, lambda c: c[0].update(document="N"), "M·第一条", "政策文件“N”未在"),
        # identity and roles
        (P, top(applicant={"kinds": ["person"], "clause": "M·第一条"}), "applicant.kinds.person", "单位类别"),
        (P, top(case_no="MINI-{year}"), "case_no", "编号规则有误"),
        (P, top(case_no="MINI-{seq"), "case_no", "编号规则有误"),
        (P, top(case_no="{year.__class__}{seq}"), "case_no", "编号规则有误"),
        (P, top(case_no="{seq:99999d}"), "case_no", "编号规则有误"),
        (P, lambda c: c["round"].update(name={"zh": "{jahr}年"}), "round.name", "批次名称有误"),
        (P, top(case_no="{seq}{number}"), "case_no", "编号规则有误"),
        (P, top(effective_from="明年"), "effective_from", "施行日期应写作"),
        (
            P,
            lambda c: c["roles"].update(wizard={"title": {"zh": "巫师"}, "clause": "M·第一条"}),
            "roles.wizard",
            "角色",
        ),
        (P, lambda c: c["roles"].pop("expert"), "roles", "缺少角色“expert”"),
        (P, top(separation=[["review.submit_score", "review.dance"]]), "separation.review.dance", "动作"),
        (P, top(separation=[["file.file", "file.file"]]), "separation[1]", "不能与自身分离"),
        # single values
        (P, top(edition=" "), "edition", "缺少版本号"),
        (P, top(title={"zh": " "}), "title", "缺少中文文字"),
        (P, step("declare", title={"zh": ""}), "lifecycle.steps.declare.title", "缺少中文文字"),
        (R, rule(2, message={"zh": ""}), "M-2.message", "缺少中文文字"),
        (P, lambda c: c["documents"].append(dict(c["documents"][0])), "documents", "重复出现"),
        (P, top(applicant={"kinds": [], "clause": "M·第一条"}), "applicant.kinds", "没有可以申报的单位"),
        (P, lambda c: c["applicant"].update(per_round=-1), "applicant.per_round", "不应小于0"),
        (P, lambda c: c["round"].update(drafts_per_applicant=-1), "round.drafts_per_applicant", "不应小于0"),
        (P, lambda c: c["round"].update(opens_in_quarter=5), "round.opens_in_quarter", "季度应为1至4"),
        (
            P,
            lambda c: c["roles"]["officer"].update(named_in="BASIC.nobody"),
            "roles.officer.named_in",
            "没有字段“BASIC.nobody”",
        ),
        (P, step("declare", forms=["BASIC", "BASIC"]), "lifecycle.steps.declare.forms", "“BASIC”重复出现"),
        (
            P,
            step("review", deadlines={"score": {"within": "5 day", "warn_before": "6 day"}}),
            "lifecycle.steps.review.deadlines.score.warn_before",
            "提醒早于期限开始",
        ),
        (
            P,
            lambda c: c["plaque"].update(tiers=[{"code": "small", "label": {"zh": "小"}}]),
            "plaque.tier_expr",
            "没有名为“large”的等级",
        ),
        (
            P,
            lambda c: c["plaque"].update(
                tiers=[{"code": k, "label": {"zh": "级"}} for k in ("small", "large", "large")]
            ),
            "plaque.tiers",
            "“large”重复出现",
        ),
        (P, top(side={"appraisal": SIDE | {"during": []}}), "side.appraisal.during", "没有写明在哪个环节"),
        (P, top(side={"appraisal": SIDE | {"pass_mark": "101"}}), "side.appraisal.pass_mark", "不在总分之内"),
        (
            P,
            top(side={"appraisal": SIDE | {"absence_limit": -1}}),
            "side.appraisal.absence_limit",
            "不应小于0",
        ),
        (
            U,
            lambda c: c["review"].update(slots={"pass_mark": "window"}),
            "review.slots.pass_mark",
            "不是数值",
        ),
        (R, lambda c: c[1]["ok"][0]["inputs"].update(nothing=1), "M-2.ok[1]", "规则未用到输入项“nothing”"),
        # slots and time limits
        (P, lambda c: c["slots"]["window"].update(default="5 天"), "slots.window.default", "期限应写作"),
        (P, lambda c: c["slots"]["quota"].update(default=1.5), "slots.quota.default", "应为整数"),
        (
            P,
            lambda c: c["slots"]["threshold"].update(type="date", default="2020-02-30"),
            "slots.threshold.default",
            "应为日期",
        ),
        (
            P,
            step("publicity", params={"length": "quota"}),
            "lifecycle.steps.publicity.params.length",
            "不是期限",
        ),
        (
            P,
            step("publicity", params={"length": "5 天"}),
            "lifecycle.steps.publicity.params.length",
            "既不是期限",
        ),
        (
            P,
            step("approval", deadlines={"sign": {"within": "1 day"}}),
            "lifecycle.steps.approval.deadlines.sign",
            "没有名为“sign”的待办",
        ),
        (
            P,
            step("approval", deadlines={"approve": {"within": "soon"}}),
            "lifecycle.steps.approval.deadlines.approve.within",
            "既不是期限",
        ),
        (
            P,
            step("approval", deadlines={"approve": {"within": "1 day", "warn_before": "window"}}),
            "lifecycle.steps.approval.deadlines.approve.warn_before",
            "既不是期限",
        ),
        (
            P,
            step("approval", deadlines={"approve": {"within": "1 day", "on_due": "approve"}}),
            "lifecycle.steps.approval.deadlines.approve.on_due.approve",
            "到期动作",
        ),
        # steps
        (
            P,
            step("declare", forms=["BASIC", "NONE"]),
            "lifecycle.steps.declare.forms.NONE",
            "没有名为“NONE”的表单",
        ),
        (P, step("declare", materials="BASIC"), "lifecycle.steps.declare.materials.BASIC", "材料清单"),
        (P, step("review", rubric="none"), "lifecycle.steps.review.rubric.none", "评分表"),
        (P, step("review", rubric=None), "lifecycle.steps.review.rubric", "评审环节缺少评分表"),
        (P, step("declare", params={"intakes": True}), "lifecycle.steps.declare.params.intakes", "环节参数"),
        (
            P,
            step("declare", params={"intake": "no"}),
            "lifecycle.steps.declare.params.intake",
            "应为 true 或者 false",
        ),
        (P, step("publicity", letters={}), "lifecycle.steps.publicity.letters", "缺少“publish_notice”"),
        (P, step("approval", params={}), "lifecycle.steps.approval.params", None),
        (P, step("declare", commands={"fly": {}}), "lifecycle.steps.declare.commands.fly", "命令"),
        (P, step("declare", letters={"submit": "none"}), "lifecycle.steps.declare.letters.none", "文书"),
        (P, step("declare", letters={"sumbit": "receipt"}), "lifecycle.steps.declare.letters.sumbit", "动作"),
        (
            P,
            step("declare", labels={"drafting": {"zh": "填"}}),
            "lifecycle.steps.declare.labels.drafting",
            "动作或者待办",
        ),
        (
            P,
            step("approval", standing={"approved": "accredited"}),
            "lifecycle.steps.approval.standing.approved",
            "动作",
        ),
        (P, step("in_force", kind="procedure"), "lifecycle.steps.in_force.kind", "没有办理程序"),
        (P, lambda c: c["plaque"].update(tier_expr="revenue"), "plaque.tier_expr", "结果应为文字"),
        (P, lambda c: c["plaque"].update(number="M"), "plaque.number", "编号规则有误"),
        # side procedures
        (P, top(side={"x": SIDE | {"during": ["nowhere"]}}), "side.x.during.nowhere", "环节"),
        (P, top(side={"x": SIDE | {"counted": ["weekly"]}}), "side.x.counted.weekly", "考评类别"),
        (P, top(side={"x": SIDE | {"items": {"yearly": ["charm"]}}}), "side.x.items.yearly.charm", "评分项"),
        (P, top(side={"x": SIDE | {"items": {}}}), "side.x.items.yearly", "没有需要报送的考评内容"),
        (P, top(side={"x": SIDE | {"methods": []}}), "side.x.methods", "没有可选的考评方式"),
        (P, top(side={"x": SIDE | {"pass_mark": "window"}}), "side.x.pass_mark", "不是分数"),
        (P, top(side={"x": SIDE | {"every": "often"}}), "side.x.every", "既不是期限"),
        (P, top(side={"x": SIDE | {"escalate_to": "withdraw"}}), "side.x.escalate_to", "没有命令“withdraw”"),
        (P, top(side={"x": SIDE | {"rubric": "none"}}), "side.x.rubric.none", "评分表"),
        (P, top(side={"x": SIDE | {"form": "NONE"}}), "side.x.form.NONE", "表单"),
        (
            P,
            top(side={"x": SIDE | {"deadlines": {"nap": {"within": "1 day"}}}}),
            "side.x.deadlines.nap",
            "待办",
        ),
    ],
)
def test_violations_are_found_at_their_place(file: str, edit: Edit, where: str, says: str | None) -> None:
    found = check_pack(mini_pack({file: edit}))
    if says is None:
        assert found == []
        return
    matching = [p for p in found if p.where == where and says in p.message_zh]
    assert matching, [(p.where, p.message_zh) for p in found]
    assert all(p.file == file and p.message_en for p in matching)


def test_a_letter_says_something() -> None:
    blank = "---\ntitle: {zh: 受理通知书}\nclause: M·第一条\n---\n\n"
    assert [(p.file, p.message_zh) for p in check_pack(mini_pack(**{"letters/receipt.md": blank}))] == [
        ("letters/receipt.md", "文书没有正文")
    ]


def test_a_default_that_cannot_be_read_is_told_once() -> None:
    """Nothing is tried with it: no question of the pre-check is put to rules that read it."""
    pack = packs.parse_files(packs.read_directory(packs.packs_directory() / "gy-cluster-base"))
    slots = pack.programme.slots
    faulty = slots | {"panel_size": slots["panel_size"].model_copy(update={"default": "five"})}
    programme = pack.programme.model_copy(update={"slots": faulty})
    found = check_pack(pack.model_copy(update={"programme": programme}))
    assert [(p.where, p.message_zh) for p in found] == [("slots.panel_size.default", "应为数字")]


def test_a_panel_that_votes_is_odd_by_default() -> None:
    size = {"type": "integer", "title": {"zh": "人数"}, "default": 4}
    found = check_pack(
        mini_pack(
            {
                P: lambda c: c["slots"].update(size=size),
                U: lambda c: c["review"].update(odd_panel=True, slots={"panel_minimum": "size"}),
            }
        )
    )
    assert "待定值“size”的默认人数应为单数" in [p.message_zh for p in found]


def test_what_is_unsound_is_among_the_problems() -> None:
    found = check_pack(mini_pack({P: step("review", next={"selected": "publicity"})}))
    assert [p.path for p in found if p.path] == [("declare", "review")]


def test_require_sound_raises_with_everything() -> None:
    require_sound(mini_pack())
    with pytest.raises(PackError) as caught:
        require_sound(mini_pack({P: top(case_no="x"), U: lambda c: c["review"].update(total=1)}))
    assert len(caught.value.problems) == 3  # the pass mark is beyond the total now


@pytest.mark.parametrize(
    ("citation", "parts"),
    [
        ("", []),
        ("M·第一条", ["M·第一条"]),
        ("M·第一条;第二条", ["M·第一条", "M·第二条"]),
        ("M·第一条； M·第二条", ["M·第一条", "M·第二条"]),
        ("003·方案·三(三);附件6·第二条", ["003·方案·三(三)", "003·附件6·第二条"]),
    ],
)
def test_citations(citation: str, parts: list[str]) -> None:
    assert parts_of(citation) == parts


def test_the_clauses_of_a_citation() -> None:
    assert [clause.id for clause in clauses_of(mini_pack(), "M·第二条;第一条;第九条")] == [
        "M·第二条",
        "M·第一条",
    ]


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        ("", ""),
        ("003·附件6·第四条(五)", "《{}》附件6·第四条（五）"),
        ("003·方案·四(三);附件6·第四条(六)", "《{}》方案·四（三）、附件6·第四条（六）"),
        ("003·方案", "《{}》方案"),
        ("粤府〔2015〕53号", "粤府〔2015〕53号"),
    ],
)
def test_a_citation_as_letters_write_it(citation: str, said: str) -> None:
    pack = packs.parse_files(packs.read_directory(packs.packs_directory() / "gy-cluster-base"))
    title = "贵阳市大数据及软件和信息技术服务产业集聚示范基地建设实施方案"
    assert written_out(pack, citation) == said.replace("{}", title)
