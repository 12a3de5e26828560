"""Money: what a subsidy comes to and who bears it; what the first of a ranking get. 补助与奖励"""

from __future__ import annotations

from typing import Literal

from programmes.schema.base import Code, Source, Spec, Text


class Cap(Spec):
    """A ceiling of an award, applied after the formula. 封顶"""

    amount: str
    """Expression: the most that may be granted (万元), e.g. ``300 - granted_before_wan``."""
    label: Text
    clause: str
    source: Source = "text"


class Share(Spec):
    """The part of an award that one payer bears. 分担"""

    code: Code
    payer: Text
    amount: str
    """Expression over the pack's facts and ``award`` (the sum granted, 万元)."""
    clause: str
    source: Source = "text"


class AwardSpec(Spec):
    """What a subsidy or award comes to, who bears it, and how often it is given. 补助与奖励"""

    item: Text
    clause: str
    ledger: Code
    """The beneficiary's account it is entered in (统一社会信用代码 × authority × ledger); programmes may share one."""
    amount: str = ""
    """Expression: the sum by formula (万元) before the caps; '' = the deciding body sets it within the caps."""
    caps: tuple[Cap, ...] = ()
    shares: tuple[Share, ...] = ()
    stage: str = ""
    """Expression (text): which part of a staged award this claim is for; '' = the award is not staged."""
    limit: int = 0
    """How many awards one beneficiary can have in this ledger (of the same stage, where staged); 0: no limit."""


class Ranking(Spec):
    """Results of a period put in order, and what the first of them get. 排名与奖励"""

    within: Literal["programme", "family"] = "programme"
    """Who is ranked together: the programme's cases, or those of every programme with the same quota key."""
    top: Code
    """Slot: how many are rewarded (nothing is paid before it is set)."""
    amount: Code
    """Slot: what each of them gets (万元)."""
    clause: str
