"""Which scenarios are meant: files, or all of a pack's, or all there are; and what is wrong with some of them. 脚本收集"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from programmes import packs, yaml_source
from programmes.problems import PackError, Problem
from workflows.rehearsal.reading import COMMON, FOLDER, read_repertoire, read_script
from workflows.rehearsal.running import Job, jobs_of
from workflows.rehearsal.script import Repertoire


@dataclass
class Collected:
    """What can be played, and what is wrong with the rest."""

    jobs: list[Job] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def collect(files: Iterable[Path], *, pack: Path | None, everything: bool) -> Collected:
    """The jobs for ``files``; with ``everything`` also all scenarios of ``pack``, or of every pack of the product.

    A file belongs to the pack it lies in, else to ``pack``, else to the product's pack that it names.
    """
    collector = _Collector(pack)
    wanted = [*files, *(collector.all_files() if everything else ())]
    for file in dict.fromkeys(path.resolve() for path in wanted):
        collector.take(file)
    return collector.collected


class _Collector:
    def __init__(self, pack: Path | None) -> None:
        self.pack = pack
        self.collected = Collected()
        self.repertoires: dict[Path, Repertoire | None] = {}

    def all_files(self) -> Iterator[Path]:
        """Every scenario file of the pack, or of the product's packs; a pack that cannot be read is complained of."""
        packaged = sorted(path.parent for path in packs.packs_directory().glob("*/programme.yaml"))
        for folder in [self.pack] if self.pack else packaged:
            if self._repertoire(folder.resolve()) is not None:
                yield from sorted(path for path in (folder / FOLDER).glob("*.yaml") if path.name != COMMON)

    def take(self, file: Path) -> None:
        """Read one file; its problems are kept."""
        label = label_of(file)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self._complain(label, "无法读取该文件", "the file cannot be read")
            return
        folder = self._folder(file, text, label)
        repertoire = self._repertoire(folder) if folder is not None else None
        if repertoire is None:
            return
        try:
            script = read_script(text, file=label, repertoire=repertoire)
        except PackError as error:
            self.collected.problems += [p for p in error.problems if p not in self.collected.problems]
        else:
            self.collected.jobs += jobs_of(script, text)

    def _folder(self, file: Path, text: str, label: str) -> Path | None:
        """The pack that the file is played with; None, with a complaint, when there is none."""
        if self.pack is not None:
            return self.pack.resolve()
        if file.parent.name == FOLDER.rstrip("/") and (file.parent.parent / "programme.yaml").is_file():
            return file.parent.parent
        try:
            value = yaml_source.load(text, file=label).value
        except PackError as error:
            self.collected.problems += error.problems
            return None
        named = str(value.get("pack") or "") if isinstance(value, dict) else ""
        folder = packs.packs_directory() / named
        if named and "/" not in named and (folder / "programme.yaml").is_file():
            return folder
        self._complain(
            label,
            "该文件不在政策包的 scenarios 目录中，也没有用 pack 写明已有的政策包",
            "the file lies in no pack's scenarios folder and names no pack of the product",
            "请加上 pack: 事项代码，或者使用 --pack 目录",
            "add pack: <programme id>, or use --pack DIR",
        )
        return None

    def _repertoire(self, folder: Path) -> Repertoire | None:
        if folder not in self.repertoires:
            try:
                common = label_of(folder / FOLDER / COMMON)
                self.repertoires[folder] = read_repertoire(packs.read_directory(folder), common=common)
            except PackError as error:
                self.collected.problems += error.problems
                self.repertoires[folder] = None
        return self.repertoires[folder]

    def _complain(self, label: str, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> None:
        self.collected.problems.append(Problem(label, ".", zh, en, hint_zh, hint_en))


def label_of(file: Path) -> str:
    """What a file is called in messages: relative to where the command was given, if it lies below."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
