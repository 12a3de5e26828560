"""What has happened so far in the demonstration: each base's story, told in days since its round opened or before today.

Everything goes through the engine, in the order of time, with the dispatcher running in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from audit import clock
from cases.declarations import save_form
from cases.materials import add_material
from cases.models import Case
from config.demo.declarations import declaration_of, pdf_of
from programmes.calendar import WorkCalendar
from programmes.models import Round
from programmes.rounds import close_round
from workflows import engine
from workflows.dispatcher import run_once
from workflows.objections import lodge_objection
from workflows.opening import open_case


@dataclass
class Stage:
    """The demonstration under construction: people, data, and what is planned."""

    actors: dict[str, Actor]
    data: dict[str, Any]
    today: dt.date
    plan: list[tuple[dt.datetime, int, Callable[[], None]]] = field(default_factory=list)

    def at(self, day: dt.date, hour: int, what: Callable[[], None]) -> None:
        """Plan ``what`` for the last working day up to ``day``; never in the future."""
        work = WorkCalendar.load()
        day = min(day, self.today)
        while not work.is_working_day(day):
            day -= dt.timedelta(days=1)
        moment = dt.datetime.combine(day, dt.time(hour, 7 * len(self.plan) % 60), tzinfo=clock.SHANGHAI)
        self.plan.append((moment, len(self.plan), what))

    def end(self, round_: Round, actor: Actor) -> None:
        """Plan the end of a round of an earlier year: nothing is declared in it after that year."""
        last = dt.date(round_.year, 12, 31)
        reason = "本年度申报受理结束。"
        self.at(last, 17, lambda: _closed(round_, actor, reason))

    def play(self) -> None:
        """Let it all happen in the order of time; within an hour as planned (holidays may put two days' work on one)."""
        now = dt.datetime.now(dt.UTC)
        latest = min(moment for moment, _number, _what in self.plan)
        for moment, _number, what in sorted(self.plan, key=lambda each: (each[0].replace(minute=0), each[1])):
            latest = max(latest, min(moment, now - dt.timedelta(minutes=1)))
            clock.set_clock(latest)
            while run_once():
                continue
            what()


def _closed(round_: Round, actor: Actor, reason: str) -> None:
    close_round(round=round_, actor=actor, reason=reason)


@dataclass
class Story:
    """One base's way."""

    stage: Stage
    who: str
    round: Round
    case: Case | None = None

    def _do(self, action: str, actor: str, **data: Any) -> None:
        assert self.case is not None
        engine.act(self.case.public_id, action, actor=self.stage.actors[actor], data=data)

    def then(self, day: dt.date, action: str, actor: str, hour: int = 10, **data: Any) -> Story:
        """Plan one action."""
        self.stage.at(day, hour, lambda: self._do(action, actor, **data))
        return self

    def draft(self, day: dt.date, *, forms: int | None = None) -> Story:
        """Open the case and fill it in (``forms``: only so many forms)."""
        self.stage.at(day, 9, lambda: self._draft(forms))
        return self

    def _draft(self, forms: int | None) -> None:
        actor, base = self.stage.actors[self.who], self.stage.data["bases"][self.who]
        assert actor.organisation is not None
        self.case = open_case(
            round=self.round, applicant=actor.organisation, title=base["title"], actor=actor
        )
        pack = self.case.edition.pack
        filled = declaration_of(base, self.stage.data["texts"], pack)
        for code in list(filled)[:forms]:
            save_form(case=self.case, form_code=code, raw=filled[code], expected_version=None, actor=actor)
        if forms is not None:
            return
        names = {
            "m7_license": "管理机构营业执照副本.pdf",
            "m8_policy": "产业扶持政策文件.pdf",
            "m9_evidence": "佐证材料汇编.pdf",
        }
        for item, name in names.items():
            body = pdf_of(f"{self.who} {item}")
            add_material(
                case=self.case,
                item=item,
                upload=SimpleUploadedFile(name, ContentFile(body).read()),
                tags=[],
                actor=actor,
            )

    def built(self, opens: dt.date) -> Story:
        """Declared, filed, begun."""
        days = dt.timedelta
        self.draft(opens + days(14))
        self.then(opens + days(18), "declare.submit", self.who, statement=True)
        self.then(opens + days(27), "file.file", "wangjing", opinion="材料齐全，方案可行，准予备案。")
        self.then(opens + days(28), "file.notify_filing", "wangjing", hour=15)
        return self.then(opens + days(34), "file.begin_construction", self.who)

    def reviewed(self, start: dt.date, share: str, done: int = 5) -> Story:
        """Review asked for, panel formed, ``done`` sheets in."""
        days = dt.timedelta
        self.then(
            start, "build.request_review", self.who, summary="建设方案确定的年度任务已全部完成，现申请评审。"
        )
        self.then(start + days(4), "review.pass_initial", "wangjing", opinion="初审合格，提交专家评审。")
        experts = [self.stage.actors[f"expert{n}"] for n in range(1, 6)]
        ids = [str(e.user.public_id) for e in experts if e.user]
        self.then(start + days(7), "review.assign_experts", "wangjing", experts=ids)
        for n in range(1, done + 1):
            self.stage.at(start + days(9 + n), 10 + n, lambda n=n: self._score(n, share))  # type: ignore[misc]
        return self

    def _score(self, n: int, share: str) -> None:
        from decimal import Decimal

        assert self.case is not None
        rubric = self.case.edition.pack.rubrics["review"]
        part = Decimal(share) + Decimal("0.02") * (n - 3)
        points = {i.key: str(i.maximum * part // rubric.step * rubric.step) for i in rubric.indicators}
        answers = {q.key: True for q in rubric.questions}
        comment = (
            "建设基础扎实，产业特色鲜明。",
            "公共服务体系较完善，建议加大招商力度。",
            "企业集聚度较高。",
        )[n % 3]
        self._do(
            "review.submit_score", f"expert{n}", sheet={"points": points, "answers": answers}, comment=comment
        )

    def accredited(self, start: dt.date, share: str = "0.86") -> Story:
        """From the request for review to the plaque, about seven weeks."""
        days = dt.timedelta
        self.reviewed(start, share)
        self.then(start + days(16), "review.select", "chenguohua", opinion="专家评审通过，列入入选名单。")
        self.then(start + days(18), "publicize.publish_notice", "wangjing", hour=9)
        self.then(start + days(30), "accredit.report_for_approval", "wangjing")
        self.then(start + days(38), "accredit.approve", "liumin", opinion="同意认定。")
        return self.then(start + days(44), "accredit.issue_plaque", "wangjing")

    def appraised(self, start: dt.date, period: int, *, qualified: bool, due: dt.date | None = None) -> Story:
        """One composite appraisal, three weeks."""
        days = dt.timedelta
        self.then(start, "command.start_appraisal", "wangjing", period=period, kind="composite")
        self.then(
            start + days(7),
            "appraise.submit_appraisal",
            self.who,
            items=self.stage.data["texts"]["appraisal"],
        )
        self.then(
            start + days(12),
            "appraise.check_appraisal",
            "wangjing",
            methods=["info_report", "doc_check", "site_visit"],
        )
        end = start + days(18)
        if qualified:
            return self.then(end, "appraise.conclude_qualified", "chenguohua", opinion="各项指标达到要求。")
        reason = "公共服务水平和政策措施落实情况未达到要求，主要指标同比下降。"
        return self.then(
            end,
            "appraise.conclude_unqualified",
            "chenguohua",
            reason=reason,
            rectification_due=due.isoformat() if due else "",
        )

    def objected(self, day: dt.date) -> Story:
        """A firm objects during the window."""
        self.stage.at(day, 14, self._object)
        return self

    def _object(self) -> None:
        assert self.case is not None
        lodge_objection(
            notice=self.case.notices.get(status="open"),
            kind="unit",
            name="贵阳某数据技术有限公司",
            contact="0851-80000000",
            content="公示材料中入驻企业数量与实际不符，请予核查。",
        )


def tell(stage: Stage, earlier: Round, current: Round) -> None:
    """All stories: eleven bases, from a draft to a revocation."""
    days, today = dt.timedelta, stage.today
    first, second = earlier.opens_on, current.opens_on
    Story(stage, "guanshanhu", earlier).built(first).accredited(first + days(284)).appraised(
        today - days(52), today.year, qualified=True
    ).then(
        today - days(12),
        "command.publish_case_study",
        "wangjing",
        title="贵阳大数据科创城：以企聚链的经验做法",
        body="贵阳大数据科创城坚持以龙头企业聚链、以公共平台强链、以政策服务稳链。\n三年来入驻企业增长近一倍，形成可复制推广经验三项。",
    )
    Story(stage, "gaoxin", earlier).built(first).accredited(first + days(281), "0.80").appraised(
        today - days(46), today.year, qualified=False
    )
    Story(stage, "jingkai", earlier).built(first).accredited(first + days(277), "0.70").appraised(
        today - days(78), today.year, qualified=False, due=today - days(40)
    ).then(
        today - days(42),
        "appraise.submit_rectification",
        "jingkai",
        report="已完成部分整改，公共服务平台尚在建设。",
    ).then(
        today - days(36),
        "appraise.fail_rectification",
        "chenguohua",
        reason="公共服务平台未按期建成，整改未到位。",
    ).then(
        today - days(30),
        "command.propose_revocation",
        "wangjing",
        reason="综合考评不合格，整改验收仍不合格。",
    ).then(today - days(18), "revoke.agree_revocation", "liumin", reason="同意取消授牌。")
    Story(stage, "baiyun", current).built(second).reviewed(today - days(14), "0.84", done=3)
    published = Story(stage, "nanming", current).built(second).reviewed(today - days(24), "0.82")
    published.then(today - days(6), "review.select", "chenguohua").then(
        today - days(2), "publicize.publish_notice", "zhaolei", hour=9
    )
    Story(stage, "huaxi", current).built(second).reviewed(today - days(38), "0.85").then(
        today - days(21), "review.select", "chenguohua"
    ).then(today - days(18), "publicize.publish_notice", "wangjing", hour=9).then(
        today - days(4), "accredit.report_for_approval", "wangjing", opinion="公示无异议，提请审批。"
    )
    Story(stage, "baoshui", current).built(second).reviewed(today - days(28), "0.78").then(
        today - days(11), "review.select", "chenguohua"
    ).then(today - days(5), "publicize.publish_notice", "wangjing", hour=9).objected(today - days(3))
    Story(stage, "qingzhen", current).built(second).then(
        today - days(9),
        "command.report_progress",
        "qingzhen",
        period="第三季度",
        content="公共技术服务平台主体完工，新入驻企业5家。",
    )
    Story(stage, "xiuwen", current).draft(today - days(26)).then(
        today - days(19), "declare.submit", "xiuwen", statement=True
    )
    Story(stage, "wudang", current).draft(today - days(20)).then(
        today - days(14), "declare.submit", "wudang", statement=True
    ).then(
        today - days(7),
        "file.return_for_correction",
        "wangjing",
        reason="一、请补充第（九）项佐证材料中企业名录；二、请核对软件业务收入口径。",
    )
    Story(stage, "yunyan", current).draft(today - days(3), forms=3)
