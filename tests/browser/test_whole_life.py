"""The product's main job in the browser: a base is declared, filed, built, reviewed, publicized, accredited with a

plaque, appraised, and loses the plaque. Everybody does their own part on their own screen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from audit import clock
from tests.browser import life_accredited, life_declared, life_reviewed, life_revoked
from tests.browser.conftest import Visit
from tests.browser.life import Life, served_rehearsal

BEGINS = dt.datetime(2026, 3, 2, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A product whose time the story moves on."""
    with served_rehearsal(tmp_path_factory.mktemp("life"), BEGINS) as life:
        yield life


def test_a_base_lives_from_its_declaration_to_the_end_of_its_plaque(rehearsal: Life, visit: Visit) -> None:
    rehearsal.visit = visit
    for chapter in (
        life_declared.the_round_opens,
        life_declared.a_zone_declares,
        life_declared.the_declaration_is_corrected_and_filed,
        life_declared.the_base_is_built,
        life_reviewed.a_panel_is_drawn,
        life_reviewed.experts_score_on_their_phones,
        life_accredited.the_list_is_publicized_and_objected_to,
        life_accredited.the_office_approves_and_the_plaque_is_given,
        life_accredited.the_public_finds_it,
        life_revoked.the_appraisal_fails,
        life_revoked.the_plaque_is_taken_away,
        life_revoked.the_record_is_whole,
    ):
        chapter(rehearsal)
