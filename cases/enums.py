"""Codes of the room. Groups live on the enum; nothing compares a label."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from programmes.lifecycle import Stage

__all__ = [
    "AppraisalStatus",
    "AwardStatus",
    "Capacity",
    "Closure",
    "DeadlineStatus",
    "DeclarationStatus",
    "DefectSource",
    "IntakeCarrier",
    "IntakeKind",
    "IntakeManner",
    "MisconductStatus",
    "NoticeKind",
    "NoticeStatus",
    "ObjectionChannel",
    "ObjectionStatus",
    "ObjectorKind",
    "Part",
    "RectificationStatus",
    "Stage",
    "StandingStatus",
]


class Closure(models.TextChoices):
    """How a case ended. 办结方式"""

    WITHDRAWN = "withdrawn", _("申报单位撤回")
    DECLINED = "declined", _("不予受理或备案")
    REFUSED = "refused", _("不予支持")
    NOT_SELECTED = "not_selected", _("未入选")
    REVOKED = "revoked", _("取消授牌")
    COMPLETED = "completed", _("办结")
    EXITED = "exited", _("退出库")
    LAPSED = "lapsed", _("到期失效")
    DISCARDED = "discarded", _("草稿作废")

    @classmethod
    def unsuccessful(cls) -> frozenset[Closure]:
        """Ends that leave the applicant where they began: nothing granted, and another declaration may follow."""
        return frozenset({cls.WITHDRAWN, cls.DECLINED, cls.REFUSED, cls.NOT_SELECTED, cls.DISCARDED})


class StandingStatus(models.TextChoices):
    """The legal result, apart from procedure. 在册状态"""

    FILED = "filed", _("已备案")
    LISTED = "listed", _("在库（列入培育）")
    LISTED_CREATION = "listed_creation", _("列入创建名单")
    LISTED_CULTIVATION = "listed_cultivation", _("列入培育名单")
    ACCREDITED = "accredited", _("已认定")
    SUSPENDED = "suspended", _("暂停资格")
    WITHDRAWN = "withdrawn", _("已取消授牌")
    LAPSED = "lapsed", _("已失效")


class Capacity(models.TextChoices):
    """In which capacity a unit is party to a case. 当事单位身份"""

    APPLICANT = "applicant", _("申报单位")
    OPERATOR = "operator", _("管理机构")
    RECOMMENDER = "recommender", _("推荐单位")
    NOMINATOR = "nominator", _("提名单位")
    OFFICER = "officer", _("主管部门")
    APPROVER = "approver", _("审批机关")
    CONSULTED = "consulted", _("征求意见单位")
    TRANSFEREE = "transferee", _("受让单位")


class Part(models.TextChoices):
    """In which capacity a person takes part in a case. 参与身份"""

    DRAFTER = "drafter", _("填报人")
    CO_SIGNER = "co_signer", _("会签人")
    EXPERT = "expert", _("评审专家")
    DELEGATE = "delegate", _("受托人")
    OBSERVER = "observer", _("查阅人")
    RECUSED = "recused", _("已回避")


class DeclarationStatus(models.TextChoices):
    """A version of the declaration. 申报书状态"""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("已退回")
    DISCARDED = "discarded", _("已作废")


class NoticeKind(models.TextChoices):
    """公示 opens a window for objections; an announcement or a case study does not."""

    PUBLICITY = "publicity", _("公示")
    ANNOUNCEMENT = "announcement", _("公布")
    CASE_STUDY = "case_study", _("典型案例")


class NoticeStatus(models.TextChoices):
    """公示状态"""

    OPEN = "open", _("公示中")
    PAUSED = "paused", _("异议核查，暂停计时")
    ENDED = "ended", _("公示期满")
    STOPPED = "stopped", _("终止公示")
    PUBLISHED = "published", _("已发布")


class ObjectorKind(models.TextChoices):
    """异议人类别 (units seal their objection, persons give name and contact; anonymous ones are recorded only)"""

    UNIT = "unit", _("单位")
    PERSON = "person", _("个人")
    ANONYMOUS = "anonymous", _("匿名")


class ObjectionChannel(models.TextChoices):
    """How an objection reached the office. 提出方式"""

    ONLINE = "online", _("网上提交")
    POST = "post", _("邮寄")
    IN_PERSON = "in_person", _("当面递交")
    OTHER = "other", _("传真、电子邮件等")


class ObjectionStatus(models.TextChoices):
    """异议状态"""

    OPEN = "open", _("核查中")
    UPHELD = "upheld", _("异议成立")
    DISMISSED = "dismissed", _("异议不成立")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    CLOSED = "closed", _("终止核查")


class AppraisalStatus(models.TextChoices):
    """考评状态"""

    OPEN = "open", _("待报送")
    SUBMITTED = "submitted", _("待核查")
    CHECKED = "checked", _("待评定")
    CONCLUDED = "concluded", _("已确认合格")
    RECTIFYING = "rectifying", _("限期整改")
    ACCEPTED = "accepted", _("整改验收合格")
    FAILED = "failed", _("整改验收不合格")
    ABSENT = "absent", _("缺席考评")
    CANCELLED = "cancelled", _("已终止")


class AwardStatus(models.TextChoices):
    """补助（奖励）状态"""

    GRANTED = "granted", _("已审定，待拨付")
    PAID = "paid", _("已拨付")
    RECORDED = "recorded", _("省级已审定")
    CANCELLED = "cancelled", _("已撤销")


class RectificationStatus(models.TextChoices):
    """整改状态"""

    OPEN = "open", _("整改中")
    REPORTED = "reported", _("待验收")
    ACCEPTED = "accepted", _("验收合格")
    FAILED = "failed", _("验收不合格")
    CANCELLED = "cancelled", _("已终止")


class MisconductStatus(models.TextChoices):
    """违纪线索状态"""

    REPORTED = "reported", _("待核查")
    CONFIRMED = "confirmed", _("查证属实")
    CLEARED = "cleared", _("不属实")


class DeadlineStatus(models.TextChoices):
    """时限状态"""

    RUNNING = "running", _("计时中")
    PAUSED = "paused", _("暂停计时")
    FIRED = "fired", _("已触发")
    MET = "met", _("按时办结")
    MISSED = "missed", _("逾期办结")
    CANCELLED = "cancelled", _("已撤销")


class ScanState(models.TextChoices):
    """病毒扫描: what is known of a file. ``OFF``: no scanner was configured when it came."""

    OFF = "off", _("未扫描")
    PENDING = "pending", _("正在扫描")
    CLEAN = "clean", _("未发现病毒")
    INFECTED = "infected", _("检出病毒")


class MaterialVerdict(models.TextChoices):
    """逐项核对: what the officer found of one item of the materials."""

    OK = "ok", _("符合要求")
    MISSING = "missing", _("未提交")
    INCOMPLETE = "incomplete", _("内容不全")
    ILLEGIBLE = "illegible", _("不清晰，无法辨认")
    NO_SEAL = "no_seal", _("未签字或者未盖章")
    EXPIRED = "expired", _("证照已过有效期")
    MISMATCH = "mismatch", _("与申报书填写内容不一致")
    OTHER = "other", _("其他问题")


class IntakeKind(models.TextChoices):
    """What arrived. 收件种类"""

    PAPER = "paper", _("纸质材料")
    ECOPY = "ecopy", _("电子版")
    OTHER = "other", _("其他材料")


class IntakeCarrier(models.TextChoices):
    """What an electronic copy came on. 电子版载体"""

    MAIL = "mail", _("电子邮件")
    DISC = "disc", _("光盘")
    USB = "usb", _("U盘")
    ONLINE = "online", _("网上传输")


class IntakeManner(models.TextChoices):
    """How it was handed in. 递交方式"""

    IN_PERSON = "in_person", _("当面递交")
    POST = "post", _("邮寄")
    EXCHANGE = "exchange", _("机要交换")
    ELECTRONIC = "electronic", _("网络传输")


class DefectSource(models.TextChoices):
    """Where an item of the list of corrections came from. 补正事项来源"""

    MATERIAL = "material", _("材料核验")
    RULE = "rule", _("规则判定")
    OFFICER = "officer", _("审核人填写")


class SignatureWay(models.TextChoices):
    """签章方式."""

    SCAN = "scan", _("上传盖章扫描件")
    SIGNER = "signer", _("签章人电子签章")
