"""YAML with line numbers, exact decimals and no surprises. 政策包原文

A pack is read by YAML 1.2's plain rules: only ``true`` and ``false`` are booleans (``no`` and ``on`` are words), dates
stay text, ``0.5`` is an exact decimal, ``003`` keeps its zeros. A key given twice is an error.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from programmes.problems import Loc, PackError, Problem

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
NULL = frozenset({"", "~", "null"})
BOOLEAN = {"true": True, "false": False}
MAX_NODES = 200_000
"""A file of a few lines can name one list a million times over through aliases; no pack comes near this."""


@dataclass(slots=True)
class Source:
    """A YAML file's value, and the line of every place in it (1-based)."""

    value: Any = None
    lines: dict[Loc, int] = field(default_factory=dict)


@functools.lru_cache(maxsize=128)
def load(text: str, *, file: str) -> Source:
    """Read one YAML document. PackError with file and line for anything that is not one.

    What was read is kept (an editor's live check reads every file again for a change in one): nobody may change it.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        raise PackError([_too_deep(file)]) from None
    except yaml.MarkedYAMLError as error:
        raise PackError([_syntax(error, file)]) from None
    except yaml.YAMLError as error:
        raise PackError([_unreadable(error, file)]) from None
    source = Source()
    if node is not None:
        try:
            source.value = _Reader(file, source.lines).value(node, ())
        except RecursionError:  # a list that names itself through an alias never ends
            raise PackError([_too_deep(file)]) from None
    return source


class _Reader:
    def __init__(self, file: str, lines: dict[Loc, int]) -> None:
        self.file = file
        self.lines = lines
        self.nodes = 0

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise PackError([self._problem(node, loc, "文件内容过多", "the file is too large")])
        self.lines[loc] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, loc))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*loc, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, loc)

    def _items(self, node: yaml.MappingNode, loc: Loc) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise PackError([self._problem(key_node, loc, "键应为文字", "a key must be text")])
            if key in seen:
                zh, en = f"“{key}”重复出现", f"{key!r} is given twice"
                raise PackError([self._problem(key_node, (*loc, key), zh, en)])
            seen.add(key)
            yield key, self.value(value_node, (*loc, key))
            self.lines[(*loc, key)] = key_node.start_mark.line + 1

    def _scalar(self, node: yaml.Node, loc: Loc) -> Any:
        text: str = node.value
        if getattr(node, "style", None) in ("'", '"', "|", ">"):
            return text
        if node.tag not in PLAIN_TAGS:
            raise PackError(
                [self._problem(node, loc, f"不支持标签 {node.tag}", f"tag {node.tag} is not supported")]
            )
        if text in NULL:
            return None
        if text in BOOLEAN:
            return BOOLEAN[text]
        if INTEGER.fullmatch(text):
            return int(text)
        return Decimal(text) if DECIMAL.fullmatch(text) else text

    def _problem(self, node: yaml.Node, loc: Loc, zh: str, en: str) -> Problem:
        where = ".".join(str(element) for element in loc) or "."
        return Problem(
            file=self.file, where=where, message_zh=zh, message_en=en, line=node.start_mark.line + 1
        )


PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
)


def _too_deep(file: str) -> Problem:
    return Problem(
        file=file,
        where=".",
        message_zh="嵌套过深，或者通过别名（*）引用了自身",
        message_en="nested too deeply, or naming itself through an alias",
        hint_zh="请减少层次，删除别名",
        hint_en="use fewer levels and no aliases",
    )


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    return Problem(
        file=file,
        where=f"第{mark.column + 1}列" if mark else ".",
        message_zh=f"不是规范的 YAML{_reason(error)}",
        message_en=f"not well-formed YAML: {error.problem}",
        hint_zh="请检查缩进、冒号后的空格和引号",
        hint_en="check the indentation, the blank after colons, and the quotes",
        line=mark.line + 1 if mark else None,
    )


def _reason(error: yaml.MarkedYAMLError) -> str:
    told = str(error.problem)
    return next((f"（{zh}）" for part, zh in REASONS.items() if part in told), "")


REASONS = {
    "'\\t'": "缩进应使用空格，不能使用制表符",
    "undefined alias": "引用了未定义的别名（*）",
    "duplicate anchor": "锚点（&）重复",
    "another document": "一个文件只能有一份内容，出现了第二个“---”",
    "could not find expected ':'": "键的后面缺少冒号",
    "mapping values are not allowed": "此处不能有冒号，文字中有“: ”的应加引号",
    "unexpected end of stream": "引号没有配对",
    "expected ',' or": "括号没有配对，或者缺少逗号",
    "<stream end>": "文件没有结束：括号或者引号没有配对",
    "<block end>": "缩进不一致",
    "<block mapping start>": "缩进不一致",
    "cannot start any token": "此处不能使用该符号，应加引号",
}
"""What PyYAML complains of most often, in the words of somebody who mends it."""


def _unreadable(error: yaml.YAMLError, file: str) -> Problem:
    return Problem(
        file=file, where=".", message_zh="文件含有不可识别的字符", message_en=f"unreadable: {error}"
    )
