"""What an entry tells beside who, when and what: its data as labelled facts, in the words of the pinned edition. 留痕正文

Nothing is left out: a key without a word here is shown as it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.display import content_of
from audit.models import Entry
from audit.punctuation import listed, noted, strung
from cases.enums import Closure, ObjectionChannel, ObjectorKind, Stage, StandingStatus
from cases.models import Case
from programmes.check_context import recorded_fields
from programmes.schema import Pack
from supervision.wording import material_name

KEYS: Final = {
    "accepted": gettext_lazy("是否受理"),
    "absences": gettext_lazy("规定期间内缺席次数"),
    "after": gettext_lazy("调整后"),
    "amount": gettext_lazy("金额（万元）"),
    "answers": gettext_lazy("评审判断"),
    "appraisal": gettext_lazy("考评编号"),
    "award": gettext_lazy("补助（奖励）"),
    "basis": gettext_lazy("核算依据"),
    "before": gettext_lazy("调整前"),
    "case_no": gettext_lazy("案件编号"),
    "channel": gettext_lazy("收到方式"),
    "closure": gettext_lazy("办结方式"),
    "code": gettext_lazy("代码"),
    "commitment": gettext_lazy("个人信息承诺值"),
    "consecutive": gettext_lazy("连续不合格次数"),
    "content": gettext_lazy("异议内容（仅存承诺值）"),
    "decision": gettext_lazy("决定标识"),
    "declaration": gettext_lazy("申报材料"),
    "digest": gettext_lazy("摘要值"),
    "document_no": gettext_lazy("文号"),
    "draw": gettext_lazy("抽取"),
    "due_on": gettext_lazy("期满日期"),
    "duty": gettext_lazy("办理事项"),
    "edition": gettext_lazy("政策版本摘要值"),
    "ends_on": gettext_lazy("公示期满"),
    "expert": gettext_lazy("专家"),
    "experts": gettext_lazy("专家"),
    "explanations": gettext_lazy("情况说明"),
    "failed": gettext_lazy("视为不合格"),
    "form": gettext_lazy("考评表"),
    "from": gettext_lazy("原环节"),
    "granted": gettext_lazy("审定金额（万元）"),
    "granted_on": gettext_lazy("省级决定日期"),
    "holder": gettext_lazy("现持有单位"),
    "holder_before": gettext_lazy("原持有单位"),
    "id": gettext_lazy("标识"),
    "import": gettext_lazy("批量导入文件"),
    "issued_on": gettext_lazy("授牌日期"),
    "item": gettext_lazy("材料代码"),
    "key": gettext_lazy("名额代码"),
    "kind": gettext_lazy("类别"),
    "ledger": gettext_lazy("资金台账"),
    "liability": gettext_lazy("追责依据"),
    "limits": gettext_lazy("办理时限"),
    "line": gettext_lazy("行号"),
    "materials": gettext_lazy("附件"),
    "misconduct": gettext_lazy("线索标识"),
    "name": gettext_lazy("姓名"),
    "notice": gettext_lazy("公示标识"),
    "notified_on": gettext_lazy("通知日期"),
    "number": gettext_lazy("编号"),
    "objection": gettext_lazy("异议编号"),
    "objector": gettext_lazy("异议人身份（仅存承诺值）"),
    "opinion": gettext_lazy("意见"),
    "order": gettext_lazy("排序规则"),
    "overdue_days": gettext_lazy("逾期天数"),
    "paid_on": gettext_lazy("拨付日期"),
    "panel": gettext_lazy("专家组结果"),
    "period": gettext_lazy("报告期"),
    "plaque": gettext_lazy("标牌编号"),
    "points": gettext_lazy("分项得分"),
    "pool": gettext_lazy("备选专家"),
    "postmarked_on": gettext_lazy("邮戳日期"),
    "question": gettext_lazy("征求意见事项"),
    "quota": gettext_lazy("名额"),
    "rank": gettext_lazy("考核排名"),
    "reason": gettext_lazy("理由"),
    "received_on": gettext_lazy("收到日期"),
    "recorded": gettext_lazy("登记事项"),
    "rectification_due": gettext_lazy("整改期限"),
    "result": gettext_lazy("结果"),
    "round": gettext_lazy("批次标识"),
    "seed": gettext_lazy("随机种子"),
    "sha256": gettext_lazy("摘要值"),
    "shares": gettext_lazy("分担金额（万元）"),
    "sheet": gettext_lazy("评分表标识"),
    "sheets": gettext_lazy("有效评分表份数"),
    "since": gettext_lazy("起始日期"),
    "stage": gettext_lazy("阶段"),
    "standing": gettext_lazy("在册状态"),
    "starts_on": gettext_lazy("公示开始"),
    "status": gettext_lazy("状态"),
    "step": gettext_lazy("环节"),
    "tier": gettext_lazy("等级"),
    "title": gettext_lazy("名称"),
    "term_until": gettext_lazy("有效期至"),
    "to": gettext_lazy("现环节"),
    "total": gettext_lazy("总分"),
    "unit": gettext_lazy("单位"),
    "units": gettext_lazy("征求意见的单位"),
    "until": gettext_lazy("恢复计时后期满"),
    "used": gettext_lazy("已用名额"),
    "user": gettext_lazy("用户编号"),
    "version": gettext_lazy("版次"),
    "voided_sheets": gettext_lazy("作废评分表份数"),
    "voucher": gettext_lazy("拨付凭证号"),
    "withdrawn_on": gettext_lazy("取消授牌日期"),
}

FIRST: Final = ("case_no", "title", "from", "to", "closure", "standing", "reason", "opinion", "explanations")
"""What a reader asks first. The rest keeps the record's order (by key), identifiers and digests last."""
LAST: Final = ("decision", "notice", "appraisal", "sheet", "misconduct", "round", "edition", "digest", "draw")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of an entry: what it is, and its value, in words."""

    label: str
    value: str


def rows_of(entry: Entry, case: Case) -> list[Row]:
    """What the entry tells beside who, when and what. One unreadable row when the body was tampered with."""
    content = content_of(entry)
    if not content:
        return [Row(_("正文"), _("正文无法读取，请核验本链。"))]
    data = content.get("data") or {}
    return list(_rows({key: data[key] for key in sorted(data, key=_rank)}, case.edition.pack))


def _rank(key: str) -> tuple[int, int, str]:
    if key in FIRST:
        return (0, FIRST.index(key), key)
    return (2 if key in LAST else 1, 0, key)


def _rows(data: Mapping[str, Any], pack: Pack, above: tuple[str, str] = ("", "")) -> Iterator[Row]:
    """``above``: the key that holds ``data``, and its label."""
    parent, prefix = above
    for key, value in data.items():
        own = _label(parent, key, value, pack)
        label = f"{prefix} · {own}" if prefix else own
        if key in ("from", "to") and isinstance(value, dict) and set(value) <= {"stage", "step"}:
            yield Row(label, _place(value, pack))
        elif isinstance(value, dict):
            if parent == "materials" and own != key:  # the label says which material it is
                value = {name: each for name, each in value.items() if name != "item"}
            yield from _rows(value, pack, (key if not parent else f"{parent}.{key}", label))
        elif isinstance(value, list):
            yield Row(label, listed(_item(each, pack) for each in value) or "—")
        else:
            yield Row(label, _word(key, value, pack))


def _label(parent: str, key: str, value: Any, pack: Pack) -> str:
    """What a key is called: by the edition where it names the key's kind, else by :data:`KEYS`."""
    match parent:
        case "points" | "answers":
            indicators = {i.key: i.label for rubric in pack.rubrics.values() for i in rubric.indicators}
            questions = {q.key: q.label for rubric in pack.rubrics.values() for q in rubric.questions}
            return str(indicators.get(key) or questions.get(key) or key)
        case "explanations":
            rule = pack.rules.get(key)
            return str(rule.title) if rule is not None else key
        case "materials":
            item = str(value.get("item") or "") if isinstance(value, dict) else ""
            return material_name(item, pack) or key
        case "recorded":
            asked = (field.label for _gate, field in recorded_fields(pack) if field.key == key)
            return str(next(asked, key))
        case "award.shares":
            awards = (step.award for step in pack.programme.lifecycle.steps.values() if step.award)
            payers = (share.payer for award in awards for share in award.shares if share.code == key)
            return str(next(payers, key))
    return str(KEYS.get(key, key))


def _place(value: Mapping[str, Any], pack: Pack) -> str:
    """评审（专家评审）: the stage and, where its name says more, the step. A closed case stands in no step."""
    code = str(value.get("stage") or "")
    if code == Stage.CLOSED:
        return str(Stage.CLOSED.label)
    stage = str(Stage(code).label) if code in Stage.values else code
    step = pack.programme.lifecycle.steps.get(str(value.get("step") or ""))
    title = str(step.title) if step is not None else str(value.get("step") or "")
    return stage if title in ("", stage) else noted(stage, title)


def _item(value: Any, pack: Pack) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or strung(row.value for row in _rows(value, pack)))
    return _word("", value, pack)


def _word(key: str, value: Any, pack: Pack) -> str:
    match value:
        case None | "":
            return "—"
        case bool():
            return _("是") if value else _("否")
    text = str(value)
    match key:
        case "closure":
            return str(Closure(text).label) if text in Closure.values else text
        case "status":
            return str(StandingStatus(text).label) if text in StandingStatus.values else text
        case "kind":
            return _kind(text, pack)
        case "channel":
            return str(ObjectionChannel(text).label) if text in ObjectionChannel.values else text
        case "tier":
            tiers = pack.programme.plaque.tiers if pack.programme.plaque else ()
            return next((str(tier.label) for tier in tiers if tier.code == text), text)
    return text


def _kind(code: str, pack: Pack) -> str:
    """A kind of objector or of appraisal, whichever it is."""
    if code in ObjectorKind.values:
        return str(ObjectorKind(code).label)
    kinds = [choice for side in pack.programme.side.values() for choice in side.kinds]
    return next((str(choice.label) for choice in kinds if choice.code == code), code)
