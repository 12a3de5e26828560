"""Reading a pack's files, and the canonical archive that an edition stores. 政策包

``programme.yaml``, ``clauses.yaml``, ``context.yaml``, ``rules.yaml``, ``rubrics.yaml``, ``eligibility.yaml`` (optional),
``forms/*.yaml`` (one form each), ``letters/*.md`` (front matter with ``title`` and ``clause``), ``scenarios/*.yaml``; a
``README.md`` is allowed.
The archive is a zip with sorted names, fixed timestamps and no compression, so that equal files give equal bytes.
"""

from __future__ import annotations

import functools
import hashlib
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from programmes import yaml_source
from programmes.problems import PackError, Problem, from_validation
from programmes.schema import (
    Clause,
    ContextFact,
    Eligibility,
    Form,
    Letter,
    Pack,
    Programme,
    Rubric,
    Rule,
    Spec,
)
from programmes.yaml_source import Source

__all__ = ["PackError", "Problem", "archive", "digest", "parse", "parse_files", "read_directory", "unarchive"]

KNOWN: Final = re.compile(
    r"(programme|clauses|context|rules|rubrics|eligibility)\.yaml|(forms|scenarios)/[A-Za-z0-9_-]+\.yaml"
    r"|letters/[A-Za-z0-9_]+\.md|README\.md"
)
FRONT_MATTER: Final = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
MAX_FILES: Final = 500
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_FILE: Final = 1024 * 1024
"""Of one file: ten times the longest that any pack has."""
UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError),  # damaged
    *(NotImplementedError, RuntimeError),  # unknown compression, encrypted
)

S = TypeVar("S", bound=Spec)


def read_directory(path: Path) -> dict[str, bytes]:
    """The files of a pack folder by their names inside it; hidden files are left out.

    PackError when it is no pack, holds more than any pack would, a link to somewhere else, or a file that cannot be read.
    """
    if not (path / "programme.yaml").is_file():
        raise PackError([_problem("programme.yaml", f"{path} 不是政策包目录", f"{path} is not a pack")])
    files: dict[str, bytes] = {}
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if any(part.startswith((".", "__")) for part in name.split("/")):
            continue
        if file.is_symlink():
            raise PackError([_problem(name, "政策包中不应有链接，请放入文件本身", "a link, not a file")])
        if file.is_file():
            files[name] = _content(file, name)
            if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
                raise PackError([_problem(".", "政策包过大", "the pack is too large")])
    return files


def _content(file: Path, name: str) -> bytes:
    try:
        if file.stat().st_size > MAX_FILE:
            raise PackError([_too_large(name)])
        return file.read_bytes()
    except OSError as error:
        zh, en = f"文件无法读取（{error.strerror}）", f"cannot be read: {error.strerror}"
        raise PackError([_problem(name, zh, en)]) from None


def archive(files: Mapping[str, bytes]) -> bytes:
    """The canonical archive of a pack's files: equal files give equal bytes, whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, date_time=EPOCH)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            target.writestr(info, files[name])
    return buffer.getvalue()


def unarchive(source: bytes) -> dict[str, bytes]:
    """The files in an archive. PackError when it is no zip, names a file twice, or holds more than any pack would."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archived:
            infos = [info for info in archived.infolist() if not info.is_dir()]
            if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_BYTES:
                raise PackError([_problem(".", "政策包过大", "the pack is too large")])
            if len({info.filename for info in infos}) != len(infos):
                raise PackError([_problem(".", "压缩包内有重名文件", "the archive names a file twice")])
            return {info.filename: archived.read(info) for info in infos}
    except UNREADABLE:
        raise PackError([_problem(".", "不是可读取的 zip 压缩包", "not a readable zip archive")]) from None


def digest(source: bytes) -> str:
    """SHA-256 of a canonical archive, in hexadecimal: the identity of an edition's content."""
    return hashlib.sha256(source).hexdigest()


def parse(source: bytes) -> Pack:
    """The pack in an archive. Checks its shape only (meaning: :mod:`programmes.checks`); PackError with all problems."""
    return parse_files(unarchive(source))


def parse_files(files: Mapping[str, bytes]) -> Pack:
    """The pack that ``files`` form. PackError with every problem found, not only the first."""
    reader = _PackReader(files)
    pack = reader.pack()
    if reader.problems or pack is None:
        raise PackError(reader.problems)
    return pack


class _PackReader:
    """Reads file by file and collects what is wrong."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.problems: list[Problem] = []
        for name in sorted(files):
            if not KNOWN.fullmatch(name):
                self._complain(name, "政策包中不应有此文件", "this file does not belong in a pack")
            elif len(files[name]) > MAX_FILE:
                self.problems.append(_too_large(name))

    def pack(self) -> Pack | None:
        if self.problems and any(len(content) > MAX_FILE for content in self.files.values()):
            return None
        programme = self._one("programme.yaml", Programme)
        clauses = self._many("clauses.yaml", Clause, id_key="id", required=True)
        context = self._many("context.yaml", ContextFact)
        rules = self._many("rules.yaml", Rule, id_key="id")
        rubrics = self._many("rubrics.yaml", Rubric)
        forms = self._forms()
        letters = self._letters()
        eligibility = Eligibility()
        if "eligibility.yaml" in self.files:
            eligibility = self._one("eligibility.yaml", Eligibility) or eligibility
        scenarios = {name.removeprefix("scenarios/"): self._text(name) for name in self._names("scenarios/")}
        if programme is None or self.problems:
            return None
        return Pack(
            programme=programme,
            clauses=clauses,
            forms=forms,
            context=context,
            rules=rules,
            rubrics=rubrics,
            letters=letters,
            eligibility=eligibility,
            scenarios=scenarios,
        )

    def _names(self, folder: str) -> list[str]:
        return [name for name in sorted(self.files) if name.startswith(folder) and KNOWN.fullmatch(name)]

    def _complain(self, file: str, zh: str, en: str, where: str = ".") -> None:
        self.problems.append(Problem(file=file, where=where, message_zh=zh, message_en=en))

    def _text(self, name: str) -> str:
        try:
            return self.files[name].decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self._complain(name, "文件不是 UTF-8 编码", "the file is not UTF-8")
            return ""

    def _source(self, name: str) -> Source:
        try:
            return yaml_source.load(self._text(name), file=name)
        except PackError as error:
            self.problems.extend(error.problems)
            return Source()

    def _one(self, name: str, spec: type[S]) -> S | None:
        if name not in self.files:
            self._complain(name, "缺少此文件", "this file is missing")
            return None
        before = len(self.problems)
        source = self._source(name)
        return self._validated(spec, source.value, name, source, ()) if len(self.problems) == before else None

    def _validated(
        self, spec: type[S], value: Any, file: str, source: Source, root: tuple[int | str, ...]
    ) -> S | None:
        try:
            return spec.model_validate(value)
        except ValidationError as error:
            self.problems.extend(from_validation(error, file=file, root=root, lines=source.lines))
            return None

    def _many(self, name: str, spec: type[S], *, id_key: str = "", required: bool = False) -> dict[str, S]:
        """A file of many: a mapping by code, or a list whose items carry their ``id_key``."""
        if name not in self.files:
            if required:
                self._complain(name, "缺少此文件", "this file is missing")
            return {}
        source = self._source(name)
        if source.value is None:
            return {}
        if not isinstance(source.value, dict if not id_key else dict | list):
            self._complain(name, "此文件应为“键: 值”的一组", "a mapping is expected here")
            return {}
        return self._items(name, spec, source, id_key)

    def _items(self, name: str, spec: type[S], source: Source, id_key: str) -> dict[str, S]:
        found: dict[str, S] = {}
        entries = source.value.items() if isinstance(source.value, dict) else enumerate(source.value)
        for key, value in entries:
            if id_key and isinstance(key, str) and isinstance(value, dict):
                value = {id_key: key, **value}
            item = self._validated(spec, value, name, source, (key,))
            if item is None:
                continue
            code = str(getattr(item, id_key)) if id_key else str(key)
            if code in found:
                self._complain(name, f"“{code}”重复出现", f"{code!r} is given twice", where=code)
            found[code] = item
        return found

    def _forms(self) -> dict[str, Form]:
        forms: dict[str, Form] = {}
        for name in self._names("forms/"):
            form = self._one(name, Form)
            if form is None:
                continue
            if form.code in forms:
                self._complain(name, f"表单代码“{form.code}”重复出现", f"form {form.code!r} is given twice")
            forms[form.code] = form
        return forms

    def _letters(self) -> dict[str, Letter]:
        letters: dict[str, Letter] = {}
        for name in self._names("letters/"):
            code = name.removeprefix("letters/").removesuffix(".md")
            letter = self._letter(name, code)
            if letter is not None:
                letters[code] = letter
        return letters

    def _letter(self, name: str, code: str) -> Letter | None:
        match = FRONT_MATTER.match(self._text(name))
        if match is None:
            zh, en = "文书应以“---”标出的题头开始", "a letter begins with front matter between lines of ---"
            self._complain(name, zh, en)
            return None
        try:
            # One line stands before the front matter; an empty one keeps the line numbers right.
            source = yaml_source.load("\n" + match["head"], file=name)
        except PackError as error:
            self.problems.extend(error.problems)
            return None
        head = source.value if isinstance(source.value, dict) else {}
        value = {"code": code, **head, "body": match["body"].strip() + "\n"}
        return self._validated(Letter, value, name, source, ())


@functools.lru_cache(maxsize=1)
def packs_directory() -> Path:
    """Where the packs that come with the product lie."""
    return Path(__file__).resolve().parent / "packs"


def _too_large(name: str) -> Problem:
    return _problem(name, "文件过大，不应超过1MB", "larger than 1 MB")


def _problem(file: str, zh: str, en: str) -> Problem:
    return Problem(file=file, where=".", message_zh=zh, message_en=en)
