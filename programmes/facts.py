"""The catalogue of facts that the system knows about a case, round or task, and their types. 事实目录

Packs bind their typed context to these names (``ContextFact.fact``); :mod:`cases.facts` computes them. A fact that is
not known yet is None, and a rule that reads it is undecided. Deciding values are stable codes, never labels.
"""

from __future__ import annotations

from programmes.schema import FactType

FACTS: dict[str, FactType] = {
    "round.year": "integer",
    "round.opens_month": "integer",
    "round.opens_on": "date",
    "round.accredited_count": "integer",  # this case included once its approval is being decided
    "round.passed_review_count": "integer",
    "round.opened_this_year": "integer",  # rounds of the programme opened in the year, the one being opened left out
    "applicant.kind": "text",
    "applicant.region_code": "text",  # six digits; the first four name the city
    "applicant.city": "text",  # name of the city (or, below a province, of the county's city) above the applicant
    "applicant.withdrawn_on": "date",  # when a standing of the applicant in this programme was last withdrawn
    "applicant.family_withdrawn_on": "date",  # the same over the programmes of one family (``Programme.family``)
    "applicant.accredited_before": "boolean",  # another case of the applicant in this programme was accredited once
    "programme.accredited_this_year": "integer",  # first accredited in this calendar year, this case included as above
    "recommendation.result": "text",  # none | recommended | not_recommended
    "recommender.level": "text",  # kind of the unit above the recommending department: city, county …
    "quota.used": "integer",  # drawn by others in this period, this case left out
    "case.steps": "list[text]",  # the steps that the case has been in, in order, each once
    "case.moves": "integer",  # how often the case has moved
    "record.moves": "integer",  # how many of the chained entries tell of a move
    "decision.published": "boolean",  # a notice, announcement or case study of the case is public
    "announcement.published": "boolean",
    "progress.reports": "integer",
    "progress.published": "boolean",
    "opinions.asked": "list[text]",  # names of the units whose opinion was asked last
    "opinions.given": "list[text]",
    "deadline.due_on": "date",  # of what the case waits for now, the earliest
    "deadline.overdue": "boolean",
    "deadline.alerted": "boolean",
    "materials.numbers": "list[integer]",
    "intake.paper_copies": "integer",  # by the receipt register, corrections taken in
    "intake.paper_received_at": "datetime",  # when as many copies had arrived as the step's ``paper_copies``
    "intake.paper_size": "text",  # A4 | other
    "intake.paper_bound": "boolean",
    "intake.e_copy": "boolean",
    "intake.e_copy_received_at": "datetime",
    "recommendation.rank": "integer",  # in the recommending unit's order of the round
    "filing.status": "text",  # none | returned | refused | filed
    "filing.notified_on": "date",
    "review.initial": "text",  # none | pass | fail
    "review.expert": "text",  # none | pass | fail
    "review.grade": "text",  # none, or the grade that the review concluded with
    "review.average": "decimal",
    "review.sheets": "integer",
    "review.votes": "integer",  # sheets of the newest panel at or above the pass mark
    "publicity.ended": "boolean",
    "publicity.open_objections": "integer",
    "approval.decision": "text",  # none | pending | approved | refused | returned
    "plaque.issued_on": "date",
    "plaque.tier": "text",
    "standing.status": "text",  # none | filed | accredited | withdrawn | …
    "standing.tier": "text",
    "standing.since": "date",
    "standing.until": "date",  # the last day of the term that runs (``end_term``), also while a renewal is decided
    "award.amount": "decimal",  # 万元: what is being granted, or was
    "award.computed": "decimal",  # 万元: by the formula, before the caps
    "ledger.total": "decimal",  # 万元: granted to the beneficiary in this ledger before
    "ledger.this_year": "decimal",
    "ledger.count": "integer",
    "ledger.stages": "list[text]",
    "appraisal.kind": "text",
    "appraisal.period": "integer",
    "appraisal.count_this_year": "integer",  # appraisals of the case for the same year, this one included
    "appraisal.upper_check": "boolean",
    "appraisal.desk_review": "boolean",
    "appraisal.site_sheets": "integer",
    "appraisal.total": "decimal",
    "appraisal.rank": "integer",
    "appraisal.items": "list[text]",
    "appraisal.methods": "list[text]",
    "appraisal.result": "text",  # none | qualified | unqualified | scored | absent
    "appraisal.rectification_due": "date",
    "appraisal.acceptance": "text",  # none | pass | fail
    "appraisal.consecutive_unqualified": "integer",
    "appraisal.absences": "integer",  # within the window of the side procedure (``absence_window``)
    "revocation.consent": "text",  # none | pending | agreed | refused
    "misconduct.confirmed": "boolean",
    "misconduct.liability_opened": "boolean",
    "today": "date",
}

QUESTION_PREFIX = "review.question:"
"""``review.question:<key>``: what most valid score sheets answered to a rubric's question (boolean)."""


SHARE_PREFIX = "ledger.share:"
"""``ledger.share:<code>``: what one payer has borne and bears of the beneficiary's awards in this ledger (万元)."""

WEIGHTS_PREFIX = "rubric.weights:"
"""``rubric.weights:<code>``: indicator → maximum points of one of the pack's rubrics."""

RECORDED_PREFIX = "recorded:"
"""``recorded:<procedure>.<action>.<key>``: what was last recorded with an action (``ContextFact.recorded``)."""

FILES_PREFIX = "materials.files:"
"""``materials.files:<key>``: names of the files uploaded for one item of the materials."""

ROUND_TIER_PREFIX = "round.accredited_count:"
"""``round.accredited_count:<tier>``: of one tier, this case included once it is being decided with that tier."""

YEAR_TIER_PREFIX = "programme.accredited_this_year:"
"""``programme.accredited_this_year:<tier>``: cases that got this tier for the first time in this calendar year."""

TIER_PREFIXES = (ROUND_TIER_PREFIX, YEAR_TIER_PREFIX)

SIGNED_PREFIX = "declaration.signed:"
"""``declaration.signed:<key>``: whether the version sent last bears the signature that a step asks under that key."""

PREFIXES: dict[str, FactType] = {
    SIGNED_PREFIX: "boolean",
    QUESTION_PREFIX: "boolean",
    FILES_PREFIX: "list[text]",
    SHARE_PREFIX: "decimal",
    WEIGHTS_PREFIX: "mapping[decimal]",
    ROUND_TIER_PREFIX: "integer",
    YEAR_TIER_PREFIX: "integer",
}


def fact_type(name: str) -> FactType | None:
    """The type of a catalogue fact, or None when the catalogue has no such name."""
    found = next((kind for prefix, kind in PREFIXES.items() if name.startswith(prefix)), None)
    return found or FACTS.get(name)
