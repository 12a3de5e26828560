"""通用文书: what the law wants told in writing is told where a pack writes nothing, with nothing left unfilled."""

from __future__ import annotations

import pytest

from programmes.default_letters import BY_CODE, DEFAULTS, default_code, letter_of
from programmes.letters import NAMES, placeholders, stray_braces
from programmes.procedures import gates
from tests.factories.cases import gy_pack


@pytest.mark.parametrize("gate", sorted(DEFAULTS))
def test_each_names_only_what_letters_may_name_and_goes_with_an_action(gate: str) -> None:
    letter = DEFAULTS[gate]
    assert gate in gates()
    assert placeholders(letter) <= NAMES.keys()
    assert not stray_braces(letter)
    assert letter.title.en


@pytest.mark.parametrize("gate", ["declare.decline", "declare.not_recommend", "file.refuse_filing"])
def test_a_refusal_gives_reasons_clause_date_and_where_to_object(gate: str) -> None:
    letter = DEFAULTS[gate]
    assert {"reason", "clause", "decided_on"} <= placeholders(letter)
    assert "有异议的" in letter.body


def test_a_list_of_corrections_is_told_once_and_whole() -> None:
    assert "一次性告知" in DEFAULTS["declare.return_for_correction"].body


def test_the_packs_own_letter_goes_first() -> None:
    pack = gy_pack()
    own = next(iter(pack.letters))
    assert letter_of(pack, own) is pack.letters[own]
    assert letter_of(pack, default_code("declare.accept")) is BY_CODE["default_acceptance"]
    assert letter_of(pack, "nothing") is None
    assert default_code("review.select") == ""
