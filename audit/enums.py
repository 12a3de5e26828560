"""What may be wrong with a chain."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FaultCode(TextChoices):
    """核验结论: the first thing found wrong with a chain."""

    MISSING = "missing", _("缺少该序号的留痕")
    DUPLICATE = "duplicate", _("该序号的留痕重复")
    OUT_OF_RANGE = "out_of_range", _("该序号不在链首与链头之间，系链外插入")
    UNREADABLE = "unreadable", _("留痕无法读取")
    PREVIOUS = "previous", _("所记前序哈希与上一条留痕不符")
    ALGORITHM = "algorithm", _("哈希算法不可识别")
    CONTENT = "content", _("内容与哈希不符，留痕已被改动")
    BODY = "body", _("正文不是规范 JSON")
    COLUMN = "column", _("检索列与正文不符")
    AUTHORITY = "authority", _("链所属机关与正文不符")
    HEAD = "head", _("链头哈希与末条留痕不符")
    ORPHAN = "orphan", _("留痕所属的链已不存在")
