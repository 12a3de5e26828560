"""Letters that every programme has, where its pack writes none of its own: what the law wants told in writing. 通用文书

A refusal gives reasons and the ways to appeal, a list of corrections is told once and whole, acceptance and refusal are
dated (行政许可法 第三十二条、第三十八条). A pack's own letter for the same action goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from programmes.schema import Letter, Pack, Text

PREFIX: Final = "default_"
"""What the codes of these letters begin with; a pack's own codes are its own."""
HEAD: Final = "编号：{{ case_no }}\n\n{{ applicant }}：\n\n"
FOOT: Final = "\n\n依据：{{ clause }}。\n\n{{ officer_unit }}\n\n{{ decided_on }}\n"
REMEDY: Final = "对本决定有异议的，可以向我单位书面提出，也可以依法申请行政复议或者提起行政诉讼。"
OBJECTION: Final = "对此有异议的，可以向我单位书面提出。"
CORRECTION: Final = (
    HEAD
    + "你单位报送的“{{ case_title }}”（{{ round_name }}）申报材料不齐全或者不符合要求，现将需要补正的全部内容一次性告知如下："
    "\n\n{{ reason }}\n\n补正期限：{{ due_on }}。请补正后通过本系统重新提交；办理期限自收到补正材料之日起重新计算。"
)
REFUSAL: Final = (
    HEAD + "你单位申报的“{{ case_title }}”（{{ round_name }}），经审查，%s。理由如下：\n\n{{ reason }}\n\n"
)
RECOMMENDER_FOOT: Final = "\n\n依据：{{ clause }}。\n\n{{ recommender }}\n\n{{ decided_on }}\n"


def _letter(code: str, zh: str, en: str, body: str) -> Letter:
    return Letter(code=f"{PREFIX}{code}", title=Text(zh=zh, en=en), body=body)


_ACCEPTANCE = _letter(
    "acceptance",
    "受理通知书",
    "Notice of acceptance",
    HEAD
    + "你单位申报的“{{ case_title }}”（{{ round_name }}）材料齐全，符合要求，予以受理。\n\n意见：{{ opinion }}"
    + FOOT,
)
_CORRECTION = _letter("correction", "补正通知书", "Notice of correction", CORRECTION + FOOT)

DEFAULTS: Final[Mapping[str, Letter]] = {
    "command.register_intake": _letter(
        "receipt",
        "收件回执",
        "Receipt of deliveries",
        HEAD
        + "“{{ case_title }}”的下列材料已收到并登记（登记号{{ receipt_no }}）：{{ received }}。收到时间：{{ received_at }}。"
        "\n\n本回执只证明材料收到的时间和数量，是否受理另行通知。" + FOOT,
    ),
    "declare.accept": _ACCEPTANCE,
    "declare.deem_accepted": _letter(
        "acceptance_by_silence",
        "受理通知书（逾期视为受理）",
        "Notice of acceptance (by silence)",
        HEAD
        + "你单位申报的“{{ case_title }}”（{{ round_name }}），在规定期限内未告知补正或者不予受理，依法自收到申报材料之日"
        "（{{ starts_on }}）起视为受理。" + FOOT,
    ),
    "declare.return_for_correction": _CORRECTION,
    "file.return_for_correction": _CORRECTION,
    "review.return_for_correction": _CORRECTION,
    "award.return_for_correction": _CORRECTION,
    "declare.return_to_applicant": _letter(
        "returned", "退回补正通知", "Returned for completion", CORRECTION + RECOMMENDER_FOOT
    ),
    "declare.recommend": _letter(
        "recommendation",
        "推荐函",
        "Letter of recommendation",
        "编号：{{ case_no }}\n\n{{ officer_unit }}：\n\n按照{{ round_name }}的要求，{{ applicant }}申报{{ programme }}"
        "“{{ case_title }}”。经审核，我单位同意推荐。\n\n审核推荐意见：{{ opinion }}" + RECOMMENDER_FOOT,
    ),
    "declare.not_recommend": _letter(
        "not_recommended",
        "不予推荐通知书",
        "Notice: not recommended",
        REFUSAL % "不予推荐" + OBJECTION + RECOMMENDER_FOOT,
    ),
    "declare.decline": _letter(
        "refusal", "不予受理通知书", "Notice of refusal", REFUSAL % "不予受理" + REMEDY + FOOT
    ),
    "declare.correction_lapsed": _letter(
        "lapsed",
        "逾期未补正告知书",
        "Notice: not corrected in time",
        HEAD + "“{{ case_title }}”（{{ round_name }}）的补正期限已届满，你单位未补正，本次申报办结。" + FOOT,
    ),
    "file.refuse_filing": _letter(
        "filing_refusal", "不予备案通知书", "Notice: not filed", REFUSAL % "不予备案" + REMEDY + FOOT
    ),
}
"""By action. The signature is that of whoever decides."""
BY_CODE: Final[Mapping[str, Letter]] = {letter.code: letter for letter in DEFAULTS.values()}


def default_code(gate: str) -> str:
    """The code of the letter that goes with an action where the pack has none; '' where none is called for."""
    letter = DEFAULTS.get(gate)
    return letter.code if letter is not None else ""


def letter_of(pack: Pack, code: str) -> Letter | None:
    """A letter by its code: the pack's own, or one of these."""
    return pack.letters.get(code) or BY_CODE.get(code)
