"""The demonstration beside Guiyang: every other programme in force, and a few cases in four of them, through the doors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from accounts.models import Organisation
from audit import clock
from cases.declarations import save_form
from cases.materials import add_material
from cases.models import Case
from config.demo.declarations import pdf_of
from config.demo.people import make_people, make_units
from config.demo.signing import SIGNER, sign
from config.demo.stories import Stage
from programmes.editions import publish_edition
from programmes.enums import EditionStatus
from programmes.models import Programme, Round
from programmes.rounds import fill_slot, open_round
from programmes.schema import Pack
from programmes.specimens import specimen_declaration
from workflows import engine
from workflows.opening import open_case

AUTHORITIES = ("gd", "gz", "yc", "dg")
TOWN = "gd-town-industry"
days = dt.timedelta


@dataclass
class Elsewhere:
    """The other authorities, with its rounds by programme and year."""

    stage: Stage
    rounds: dict[tuple[str, int], Round]

    def end_of(self, year: int) -> None:
        """Plan the end of that year's rounds, by whoever opened them."""
        for (_programme, opened), round_ in self.rounds.items():
            if opened == year:
                self.stage.end(round_, self.stage.actors[f"{round_.authority.code}_policy"])

    def tale(self, programme: str, year: int, who: str, title: str, forms: str) -> Tale:
        """A case to be told."""
        filled: dict[str, dict[str, Any]] = self.stage.data[forms]
        return Tale(self.stage, self.rounds[programme, year], who, title, filled)


@dataclass
class Tale:
    """One case of another programme."""

    stage: Stage
    round: Round
    who: str
    title: str
    forms: dict[str, dict[str, Any]]
    case: Case | None = None

    def declared(self, day: dt.date, **asked: Any) -> Tale:
        """Filled in and sent on the same day."""
        self.stage.at(day, 9, self._fill_in)
        if f"{self.who}{SIGNER}" in self.stage.actors:
            self.stage.at(day, 10, self._sign)
        return self.then(day, "declare.submit", self.who, hour=11, statement=True, **asked)

    def waiting_for_its_signature(self, day: dt.date) -> Tale:
        """Filled in; the unit's signer has been asked."""
        self.stage.at(day, 9, self._fill_in)
        return self.then(day, "command.request_signature", self.who, hour=10, note="材料已核对，请签章。")

    def _sign(self) -> None:
        assert self.case is not None
        sign(self.case, self.stage.actors[f"{self.who}{SIGNER}"])

    def then(self, day: dt.date, action: str, who: str, hour: int = 11, **data: Any) -> Tale:
        """Plan one action."""
        self.stage.at(day, hour, lambda: self._do(action, who, data))
        return self

    def _do(self, action: str, who: str, data: dict[str, Any]) -> None:
        assert self.case is not None
        engine.act(self.case.public_id, action, actor=self.stage.actors[who], data=data)

    def _fill_in(self) -> None:
        actor = self.stage.actors[self.who]
        assert actor.organisation is not None
        case = self.case = open_case(
            round=self.round, applicant=actor.organisation, title=self.title, actor=actor
        )
        pack = case.edition.pack
        for code, data in filled(pack, self.forms).items():
            save_form(case=case, form_code=code, raw=data, expected_version=None, actor=actor)
        for item, name in files_of(pack):
            upload = SimpleUploadedFile(f"{name}.pdf", pdf_of(f"{self.who} {item}"))
            add_material(case=case, item=item, upload=upload, tags=[], actor=actor)


def filled(pack: Pack, forms: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every form of the declaration; what is not told in the data is worded as an applicant would."""
    told = {
        code: data | {key: str(value) for key, value in data.items() if isinstance(value, int | float)}
        for code, data in forms.items()
    }
    return {code: _worded(data) for code, data in specimen_declaration(pack, told).items()}


def _worded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _worded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_worded(inner) for inner in value]
    if isinstance(value, str) and value.endswith("：样例内容。"):
        return value.removesuffix("：样例内容。")[:60] + "：详见所附材料。"
    return value


def files_of(pack: Pack) -> list[tuple[str, str]]:
    """The files that the declaration asks for: item and a name."""
    step = pack.programme.lifecycle.steps[pack.programme.lifecycle.start]
    fields = pack.forms[step.materials].fields if step.materials else ()
    return [(f.key, f.label.zh[:40].replace("/", "、")) for f in fields if f.type in ("file", "files")]


def settle(stage: Stage, data: dict[str, Any], since: dt.date, years: tuple[int, int]) -> Elsewhere:
    """Units, people, editions in force and this year's round of every programme of the other authorities."""
    elsewhere = Elsewhere(stage, {})
    stage.data |= data
    for code in AUTHORITIES:
        authority = Organisation.objects.get(code=code)
        clock.set_clock(clock.start_of(since))
        units = make_units(data[code]["units"], authority)
        stage.actors |= make_people(data[code]["people"], units, since)
        policy = stage.actors[f"{code}_policy"]
        for programme in Programme.objects.filter(authority=authority).order_by("code"):
            _open(elsewhere, programme, policy, years)
    return elsewhere


def _open(elsewhere: Elsewhere, programme: Programme, policy: Actor, years: tuple[int, int]) -> None:
    for edition in programme.editions.filter(status=EditionStatus.DRAFT):
        publish_edition(edition=edition, actor=policy)
    for year in years if programme.code == TOWN else years[1:]:
        opens_on = dt.date(year, 3, 2)
        clock.set_clock(clock.start_of(opens_on))
        round_, _verdicts = open_round(programme=programme, year=year, opens_on=opens_on, actor=policy)
        elsewhere.rounds[programme.code, year] = round_
        if "intake_closes_on" in round_.edition.pack.programme.slots:
            fill_slot(
                round=round_,
                name="intake_closes_on",
                value=f"{year}-12-25",
                reason="本批次申报通知确定的受理截止日。",
                actor=policy,
            )
    clock.set_clock(clock.start_of(dt.date(years[0], 1, 4)))


def tell(elsewhere: Elsewhere, years: tuple[int, int]) -> None:
    """Two towns, a subsidy for research, a staged award, a platform before the province, a task put to other units."""
    earlier, now = years
    today = elsewhere.stage.today
    elsewhere.end_of(earlier)
    elsewhere.stage.data["research"]["GZ_RD_CLAIM"]["rd_year"] = str(now - 1)
    _listed_town(
        elsewhere.tale(TOWN, earlier, "nanhai", "千灯湖“互联网+”小镇", "towns"), dt.date(earlier, 8, 10)
    )
    for who, title, ago in (
        ("shunde", "顺德智造“互联网+”小镇", 6),
        ("sanshui", "三水云东海“互联网+”小镇", 4),
    ):
        elsewhere.tale(TOWN, now, who, title, "towns").declared(today - days(ago))
    waiting = elsewhere.tale(TOWN, now, "nanhai", "桂城“互联网+”小镇", "towns")
    waiting.waiting_for_its_signature(today - days(2))
    elsewhere.tale("gz-rd-subsidy", now, "gz_firm", f"{now - 1}年度研发后补助", "research").declared(
        today - days(16)
    ).then(today - days(8), "award.pass_assessment", "gz_officer", audit_report_no=f"黔审字〔{now}〕118号")
    elsewhere.tale("yc-listing-award", now, "yc_lithium", "高安锂云上市奖励（第一阶段）", "listing").declared(
        today - days(40)
    ).then(today - days(33), "award.pass_assessment", "yc_finance").then(
        today - days(26), "award.grant", "yc_treasury", opinion="同意按第一阶段给予奖励。"
    ).then(
        today - days(19),
        "award.record_payment",
        "yc_finance",
        paid_on=today - days(20),
        voucher=f"{now}-0318",
    )
    elsewhere.tale("yc-platform-subsidy", now, "yc_platform", "丰城物联网公共服务平台", "platform").declared(
        today - days(30)
    ).then(today - days(24), "award.pass_assessment", "yc_reform", qualified=True).then(
        today - days(18), "award.send_to_province", "yc_reform", document_no=f"宜发改〔{now}〕86号"
    )
    _task(
        elsewhere.tale("dg-plan-tasks", now, "dg_online", "推进“互联网+政务服务”专项实施方案", "task"), today
    )


def _listed_town(tale: Tale, start: dt.date) -> None:
    """Recommended, accepted, visited, scored, put on the creation list and announced: its term of creation runs."""
    tale.declared(start)
    tale.then(
        start + days(7),
        "declare.recommend",
        "foshan_city",
        recommender_seal=True,
        recommend_truth=True,
        recommend_completeness=True,
        opinion="材料真实完整，同意推荐。",
    )
    for kind, form in (
        (
            "paper",
            {"copies": 2, "size": "A4", "bound": "yes", "manner": "in_person", "evidence": "收件签收簿第3页"},
        ),
        ("ecopy", {"copies": 1, "carrier": "mail", "manner": "electronic"}),
    ):
        tale.then(start + days(9), "command.register_intake", "gd_officer", kind=kind, **form)
    tale.then(start + days(10), "declare.accept", "gd_officer")
    experts = [tale.stage.actors[f"gd_expert{n}"] for n in range(1, 6)]
    ids = [str(expert.user.public_id) for expert in experts if expert.user]
    tale.then(start + days(20), "review.assign_experts", "gd_officer", experts=ids)
    tale.then(
        start + days(30),
        "command.log_work",
        "gd_officer",
        content="实地考察产业园区和公共服务平台，听取汇报并走访企业5家。",
        site_visited_on=start + days(29),
        site_visitors="信息化推进处、五位专家",
    )
    for n in range(1, 6):
        tale.stage.at(start + days(34), 10 + n, lambda n=n: _score(tale, n))  # type: ignore[misc]
    tale.then(
        start + days(60), "review.select", "gd_chief", grade="creation_list", opinion="同意列入创建名单。"
    )
    tale.then(start + days(70), "publicize.announce", "gd_officer")


def _score(tale: Tale, n: int) -> None:
    assert tale.case is not None
    rubric = tale.case.edition.pack.rubrics["selection"]
    points = {
        i.key: str(i.maximum * (78 + 2 * n) / 100 // rubric.step * rubric.step) for i in rubric.indicators
    }
    answers = {question.key: True for question in rubric.questions}
    data = {"sheet": {"points": points, "answers": answers}, "comment": "产业基础较好，规划可行。"}
    tale._do("review.submit_score", f"gd_expert{n}", data)


def _task(tale: Tale, today: dt.date) -> None:
    """A special plan under way; of two units asked one has answered and the other is late."""
    tale.declared(today - days(60), coop_units_consulted=True)
    tale.then(today - days(54), "file.file", "dg_officer", assigned_targets=["online_approvals"])
    tale.then(today - days(53), "file.notify_filing", "dg_officer")
    tale.then(
        today - days(25),
        "command.ask_opinions",
        "dg_officer",
        units=["市发改局", "市经信局"],
        question="统一申办受理平台二期建设方案，请就建设内容和资金安排提出意见。",
    )
    tale.then(today - days(18), "consult.give_opinion", "dg_reform", opinion="同意，建议明确运维经费来源。")
