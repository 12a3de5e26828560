"""What several subjects read: the record of the case, its decisions, what was recorded with an action. 共用"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.models import Entry
from cases.enums import AppraisalStatus
from cases.models import Appraisal, Case, Decision
from programmes.check_context import recorded_fields
from programmes.form_cells import inputs_of
from programmes.form_values import typed_value


class CaseReading:
    """A case, what is about to become true, and what has been read of it so far."""

    def __init__(
        self,
        case: Case,
        *,
        pending: Mapping[str, Any] | None = None,
        appraisal: Appraisal | None = None,
        form_data: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.case = case
        self._known: dict[str, Any] = dict(pending or {})
        self._appraisal = appraisal
        self._appraisal_of_turn = appraisal is not None
        self._form_data = form_data

    def _recorded(self, name: str) -> Any:
        """What was recorded last with an action; None when it never was, or was left blank then."""
        gate, _dot, key = name.rpartition(".")
        rows: dict[str, dict[str, Any]] | None = self.case.__dict__.get("_recorded")
        if rows is None:
            found = self.case.recorded.order_by("pk").values_list("gate", "data")
            rows = self.case.__dict__["_recorded"] = dict(found)
        field = next(
            (
                field
                for asked, field in recorded_fields(self.case.edition.pack)
                if (asked, field.key) == (gate, key)
            ),
            None,
        )
        if field is None or gate not in rows:
            return None
        return typed_value(next(inputs_of(field)), rows[gate].get(key))

    def _moves_on_record(self) -> list[tuple[int, str]]:
        """(number of the run, step) after each entry of the chain, in order."""
        contents = [e.content["data"] for e in Entry.objects.filter(chain=self.case.chain_id).order_by("seq")]
        return [(data["run_no"], data["to"]["step"]) for data in contents if "run_no" in data]

    def _last_action(self, procedure: str, *actions: str) -> Decision | None:
        return next((d for d in self._decided() if d.procedure == procedure and d.action in actions), None)

    def _decided(self) -> list[Decision]:
        """The case's decisions, the newest first; read once for as long as the case object lives."""
        known: list[Decision] | None = self.case.__dict__.get("_decided")
        if known is None:
            rows = self.case.decisions.defer("letter", "reason", "data", "verdicts").order_by("-pk")
            known = self.case.__dict__["_decided"] = list(rows)
        return known

    def appraisal(self) -> Appraisal | None:
        """The appraisal under way, else the newest one; one that ended with the case before it had a result is none."""
        if self._appraisal is None:
            rows = self.case.appraisals.exclude(status=AppraisalStatus.CANCELLED, result="")
            self._appraisal = rows.order_by("-period", "-pk").first()
        return self._appraisal
