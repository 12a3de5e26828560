"""Scenarios that are played beside further programmes, for what these share."""

from __future__ import annotations

import pytest

from programmes import packs
from programmes.problems import PackError
from tests.workflows.rehearsal.conftest import repertoire_of
from workflows.rehearsal import Script, play
from workflows.rehearsal.reading import read_script

TOWNS = packs.packs_directory() / "gd-town-industry"
HEAD = "id: T1\ntitle: {zh: 试验}\n"
BESIDE = HEAD + "beside: [gd-town-application]\n"
SISTER = "{programme: gd-town-application, year: 2018, opens_on: 2018-07-16, name: 应用型申报}"
OPENED = f"steps:\n- {{at: 2018-07-16 10:00, who: officer, do: open_round, with: {SISTER}, as: sister}}\n"


def read(text: str) -> Script:
    return read_script(text, file="T1.yaml", repertoire=repertoire_of(TOWNS))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEAD + "beside: [gd-town-aplication]\n" + OPENED, "没有名为“gd-town-aplication”的政策包"),
        (HEAD + OPENED, "没有名为“gd-town-application”的项目类别"),
        (BESIDE + OPENED + "- {do: open_case, with: {round: other}}\n", "没有名为“other”的批次"),
        (BESIDE + "declaration: {forms: {GD_9_9: {}}}\n" + OPENED, "没有名为“GD_9_9”的表单"),
    ],
)
def test_names_are_looked_for_in_all_of_them(text: str, complaint: str) -> None:
    with pytest.raises(PackError) as refused:
        read(text)
    assert complaint in [problem.message_zh for problem in refused.value.problems]


@pytest.mark.django_db
def test_a_case_may_be_opened_in_either_programme() -> None:
    script = read(
        BESIDE
        + "declaration: {forms: {GD_3_1: {planned_area_mu: 300}}}\n"
        + OPENED
        + "- {do: open_case, who: nanhai, as: theirs, expect: {stage: declare}}\n"
        + "- {do: open_case, who: shunde, with: {round: round}, as: ours, expect: {stage: declare}}\n"
        + "- {do: fill, case: theirs, expect: {items: [draft]}}\n"
    )
    report = play(script)
    assert report.ok, report.failed
