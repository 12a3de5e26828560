"""Forms, context, rules, rubrics, letters: each violation is found at its place."""

from __future__ import annotations

import pytest

from programmes.checks import check_pack
from tests.factories.programmes import mini_pack
from tests.programmes.test_checks import Edit, field, rule, top

C, R, U = "context.yaml", "rules.yaml", "rubrics.yaml"
B, F, A = "forms/BASIC.yaml", "forms/FIRMS.yaml", "forms/PAPERS.yaml"


@pytest.mark.parametrize(
    ("file", "edit", "where", "says"),
    [
        # forms
        (B, lambda f: f["fields"].append(dict(f["fields"][0])), "fields.name", "重名"),
        (
            B,
            lambda f: f["fields"].append({**f["fields"][0], "key": "staff_total"}),
            "fields.staff_total",
            "重名",
        ),
        (B, field("region", choices=[]), "fields.region", "选择项缺少 choices"),
        (B, field("staff", columns=[]), "fields.staff", "表格缺少 columns"),
        (
            B,
            field("name", columns=[{"key": "a", "label": {"zh": "a"}, "type": "text"}]),
            "fields.name",
            "只有 grid 和 table",
        ),
        (B, field("revenue", minimum=5, maximum=1), "fields.revenue", "minimum 大于 maximum"),
        (B, field("staff", part_labels={}), "fields.staff.columns.rd", "分项“senior”缺少"),
        (B, field("ticker", visible_when="listd"), "fields.ticker.visible_when", "未定义的名称“listd”"),
        (B, field("ticker", visible_when="revenue"), "fields.ticker.visible_when", "结果应为是否判断"),
        (B, field("per_head", calculated="name"), "fields.per_head.calculated", "结果应为数字"),
        (
            B,
            top(sections=[{"title": {"zh": "一"}, "fields": ["name", "nam"]}]),
            "sections",
            "没有表单项“nam”",
        ),
        (
            B,
            top(sections=[{"title": {"zh": "一"}, "fields": ["name"]}]),
            "sections",
            "“region”不在任何标题之下",
        ),
        (
            F,
            lambda f: f["fields"][0]["columns"][0].update(type="table"),
            "fields.rows.columns.name",
            "列不能是 table",
        ),
        (F, lambda f: f["fields"][0]["columns"][0].update(key="a.b"), "fields.rows.columns.a.b", "列的代码"),
        (
            F,
            lambda f: f["fields"][0]["columns"].append(f["fields"][0]["columns"][2]),
            "fields.rows",
            "列“kind”重复",
        ),
        (A, lambda f: f["fields"][0].update(links=["NONE"]), "fields.basic.links", "没有表单“NONE”"),
        (A, lambda f: f["fields"][0].update(links=[]), "fields.basic.links", "form_link 缺少 links"),
        (A, lambda f: f["fields"][1].update(number=1), "fields", "材料序号1重复"),
        # context
        (C, top(x={"type": "integer", "fact": "round.weather"}), "x", "系统事实目录中没有“round.weather”"),
        (C, top(x={"type": "text", "fact": "round.year"}), "x", "类型应为 integer"),
        (C, top(x={"type": "boolean", "fact": "review.question:winning"}), "x", "没有是否题“winning”"),
        (C, top(x={"type": "boolean", "fact": "review.question:leading"}), "", None),
        (C, top(x={"type": "text", "data": "mood"}), "x", "没有动作会提供“mood”"),
        (C, top(x={"type": "integer", "count_filled": "NONE"}), "x", "没有表单“NONE”"),
        (C, top(x={"type": "boolean", "material_present": "name"}), "x", "没有带序号的材料“name”"),
        (C, top(x={"type": "decimal", "slot": "none"}), "x", "没有待定值“none”"),
        (C, top(x={"type": "text", "slot": "window"}), "x", "期限不能用于表达式"),
        (C, top(x={"type": "integer", "slot": "threshold"}), "x", "类型应为 decimal"),
        (C, top(x={"type": "decimal", "expr": "margn"}), "x.expr", "未定义的名称“margn”"),
        (C, top(x={"type": "text", "expr": "margin"}), "x.expr", "结果应为文字"),
        (C, top(x={"type": "decimal", "expr": "x + 1"}), "x.expr", "循环引用"),
        (C, top(BASIC={"type": "integer", "fact": "round.year"}), "BASIC", "与表单代码重名"),
        # rules
        (R, rule(2, levels={"review.elect": "hard"}), "M-2.levels", "没有名为“review.elect”的关口"),
        (R, rule(2, levels={"file.file": "hard"}), "M-2.levels.file.file", "不会走到关口“file.file”"),
        (R, rule(2, levels={"command.withdraw": "hard"}), "", None),
        (
            R,
            rule(2, levels={"command.discard": "hard"}),
            "M-2.levels.command.discard",
            "不会走到关口“command.discard”",
        ),
        (R, rule(2, levels={}), "M-2.levels", "不在任何关口生效"),
        (R, rule(2, expr=""), "M-2", "缺少 expr"),
        (R, rule(6, award=""), "M-6.award", "calc 级别与 award 应同时使用"),
        (R, rule(2, expr="revenue >= = 1"), "M-2.expr", "语法有误（第12字）"),
        (R, rule(2, expr="revenue"), "M-2.expr", "结果应为是否判断"),
        (R, rule(2, expr="as_of != null"), "M-2.expr", "请写明是哪一张：BASIC.as_of、FIRMS.as_of"),
        (R, rule(2, inputs={"profit": "decimal"}, expr="profit > 1"), "M-2.inputs.profit", "没有来源"),
        (R, rule(2, inputs={"revenue": "text"}, expr="revenue == '1'"), "M-2.inputs.revenue", "声明为 text"),
        (R, rule(2, fields=["BASIC.revenu"]), "M-2.fields", "没有表单项“BASIC.revenu”"),
        (R, rule(2, fields=["FIRMS.rows.colour"]), "M-2.fields", "没有表单项"),
        (R, rule(2, fields=["BASIC.staff_rd_senior"]), "", None),
        (R, rule(4, each={"form": "BASIC", "table": "rows"}), "M-4.each", "没有表格“BASIC.rows”"),
        (
            R,
            rule(4, each={"form": "FIRMS", "table": "rows", "label": "title"}),
            "M-4.each.label",
            "没有列“title”",
        ),
        (
            R,
            lambda r: r[4]["bindings"][0]["inputs"].update(when="BASIC.as_of"),
            "M-5.bindings.when",
            "未在 inputs 中声明",
        ),
        (
            R,
            lambda r: r[4]["bindings"][0]["inputs"].update(day="BASIC.name"),
            "M-5.bindings[1].inputs.day",
            "结果应为日期",
        ),
        (R, rule(1, subject="case"), "M-1.subject", "应为 round"),
        (
            R,
            rule(1, expr="average > 1", ok=[{"inputs": {"average": 2}}], bad=[{"inputs": {"average": 1}}]),
            "round.open",
            "review.average",
        ),
        (R, rule(2, ok=[{"inputs": {"revenue": 1}}]), "M-2.ok[1]", "本例应通过"),
        # rubrics
        (
            U,
            lambda c: c["review"]["indicators"][0].update(maximum=30),
            "review.total",
            "各项分值合计90，应为100",
        ),
        (U, lambda c: c["review"].update(step=0.7), "review.step", "整除"),
        (U, lambda c: c["review"].update(pass_mark=101), "review.pass_mark", "合格线不在总分之内"),
        (U, lambda c: c["review"].update(trim=1), "review.trim", "应同时使用"),
        (
            U,
            lambda c: c["review"].update(aggregation="trimmed_mean", trim=2),
            "review.panel_minimum",
            "不剩评分",
        ),
        (
            U,
            lambda c: c["review"].update(aggregation="vote", pass_mark=None),
            "review.pass_mark",
            "表决需要合格线",
        ),
        (
            U,
            lambda c: c["review"].update(odd_panel=True, panel_minimum=4),
            "review.panel_minimum",
            "应为单数",
        ),
        (U, lambda c: c["review"]["questions"][0].update(key="design"), "review.design", "“design”重复"),
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


@pytest.mark.parametrize(
    ("name", "text", "where", "says"),
    [
        ("letters/a.md", "---\ntitle: {zh: 甲}\n---\n{{ weather }}", "weather", "没有可填入“weather”的内容"),
        ("letters/a.md", "---\ntitle: {zh: 甲}\n---\n{% if x %}", ".", "花括号"),
        ("scenarios/bad.yaml", "a: [", "第5列", "不是规范的 YAML"),
    ],
)
def test_letters_and_scenarios(name: str, text: str, where: str, says: str) -> None:
    [problem] = [p for p in check_pack(mini_pack(**{name: text})) if "没有动作使用文书" not in p.message_zh]
    assert problem.file == name
    assert problem.where == where
    assert says in problem.message_zh
