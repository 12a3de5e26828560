"""Facts of the declaration: the data that count, materials, signatures, the receipt register. 申报材料"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cases.facts.base import CaseReading
from cases.intake import INTAKE_FACTS, IntakeFacts
from programmes.forms import missing_cells
from programmes.schema import Form, side_with_flow


class DeclarationFacts(CaseReading):
    """申报材料: what was sent."""

    def _signed(self, key: str) -> bool | None:
        """Whether the version sent last was signed there; None while nothing was sent. Sending asks that it stands."""
        sent = self.case.declarations.filter(submitted_at__isnull=False).order_by("-version_no").first()
        return sent.signatures.filter(key=key).exists() if sent is not None else None

    def form_data(self) -> Mapping[str, Mapping[str, Any]]:
        """The declaration that counts: the one under way at submission, else the last one sent."""
        if self._form_data is None:
            sent = self.case.declarations.filter(submitted_at__isnull=False)
            declaration = sent.order_by("-version_no").prefetch_related("forms").first()
            self._form_data = {**(declaration.data() if declaration else {}), **self._appraisal_form()}
        return self._form_data

    def _appraisal_form(self) -> dict[str, Mapping[str, Any]]:
        """What was filled in for the appraisal, where the edition has a form for it."""
        programme = self.case.edition.pack.programme
        side = programme.side.get(side_with_flow(programme, "appraise"))
        appraisal = self.appraisal() if side is not None and side.form else None
        return {side.form: appraisal.form_data} if side and side.form and appraisal is not None else {}

    def _materials(self) -> list[int]:
        uploaded = set(self.case.materials.filter(removed_at__isnull=True).values_list("item", flat=True))
        pack = self.case.edition.pack
        numbers: list[int] = []
        for form in pack.forms.values():
            if form.kind == "materials":
                numbers += self._present(form, uploaded)
        return sorted(numbers)

    def _intake(self, name: str) -> Any:
        """One line of the receipt register's summary; the register is read once for as long as the facts live."""
        if "_intake" not in self._known:
            self._known["_intake"] = IntakeFacts(self.case)
        return INTAKE_FACTS[name](self._known["_intake"])

    def _files(self, item: str) -> list[str]:
        rows = self.case.materials.filter(removed_at__isnull=True, item=item)
        return list(rows.order_by("pk").values_list("name", flat=True))

    def _present(self, form: Form, uploaded: set[str]) -> list[int]:
        """Numbers of the items that are there: a file is uploaded, or every linked form is complete."""
        forms, data = self.case.edition.pack.forms, self.form_data()
        return [
            item.number
            for item in form.fields
            if item.number is not None
            and (
                item.key in uploaded
                if item.type in ("file", "files")
                else all(not any(missing_cells(forms[code], data.get(code, {}))) for code in item.links)
            )
        ]


def _intake_value(name: str, facts: DeclarationFacts) -> Any:
    return facts._intake(name)


PROVIDERS: dict[str, Callable[[DeclarationFacts], Any]] = {
    "materials.numbers": DeclarationFacts._materials,
    **{name: partial(_intake_value, name) for name in INTAKE_FACTS},
}
