"""What every part of a pack is made of: wordings, clauses and documents, choices. 用语与条款"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
Source = Literal["text", "implied", "proposed"]


class Spec(BaseModel):
    """Base of all pack models: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Spec):
    """A wording in Chinese (as officials read it) and its English gloss."""

    zh: str
    en: str = ""

    def in_language(self, language: str) -> str:
        """The wording for a language code such as ``zh-hans`` or ``en``; Chinese when there is no gloss."""
        return self.en if language.startswith("en") and self.en else self.zh

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.in_language(get_language() or "zh-hans")


class Clause(Spec):
    """One clause of a policy document: our summary and the decisive words as printed. 条款"""

    id: str
    document: str
    summary: Text
    quote: str = ""
    note: str = ""


class Document(Spec):
    """A policy document that the clauses belong to. 政策文件"""

    code: str
    title: Text
    issuer: str = ""
    issued_on: str = ""
    note: str = ""


class Choice(Spec):
    """One value of a choice field."""

    code: str
    label: Text
