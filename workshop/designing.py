"""The doors of the form designer: a form of a working copy is changed by its settings, not by its text. 表单设计办理

The YAML text stays what counts. A change is made to the form as data, written into the text where it differs
(:mod:`workshop.yaml_edits`), and saved by the door of files: what stood there is kept as an earlier text, and a save on
top of somebody else's is refused.
"""

from __future__ import annotations

import copy as copying
import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accounts.actors import Actor
from accounts.errors import Refusal
from audit.punctuation import parted
from programmes import yaml_source
from programmes.models import WorkingCopy, WorkingFile
from programmes.problems import Loc, PackError, Problem, from_validation
from programmes.schema import Form, FormField
from workshop import form_changes, yaml_writing
from workshop.copies import ChangedMeanwhile, add_file, files_of, held, remove_file, save_file
from workshop.form_guards import guard, require_unused
from workshop.form_uses import index_of
from workshop.yaml_edits import CannotEdit, rewritten

FOLDER: Final = "forms/"
DECLARING: Final = "declare"
"""The stage whose steps have forms filled in."""

Change = Callable[[dict[str, Any]], None]


class Unfit(Refusal):
    """内容不合要求: the form would no longer be one, for these reasons."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "unfit", parted(f"{p.where}：{p.message}{p.hint and f'（{p.hint}）'}" for p in problems)
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class OpenForm:
    """打开的表单: a form of a copy as it is written (``data``, which nobody changes) and as it is understood."""

    file: WorkingFile
    data: Mapping[str, Any]
    form: Form

    @property
    def name(self) -> str:
        """The file's name without folder and ending, as addresses give it."""
        return self.file.path.removeprefix(FOLDER).removesuffix(".yaml")

    def field(self, key: str) -> FormField | None:
        """The field of that code."""
        return next((each for each in self.form.fields if each.key == key), None)


def path_of(name: str) -> str:
    """The file of a form."""
    return f"{FOLDER}{name}.yaml"


def opened(file: WorkingFile) -> OpenForm:
    """A file read as a form. PackError when it is none."""
    source = yaml_source.load(file.text, file=file.path)
    return OpenForm(file, source.value or {}, _form(source.value, file.path, source.lines))


def _form(value: Any, path: str, lines: Mapping[Loc, int]) -> Form:
    try:
        return Form.model_validate(value)
    except ValidationError as error:
        raise PackError(from_validation(error, file=path, root=(), lines=lines)) from None


def changed_text(text: str, path: str, change: Change) -> str:
    """The text of a form after a change. Raises PackError (no form before), Unfit and Refusal ``odd_writing``."""
    return _changed(text, path, change)[0]


def _changed(text: str, path: str, change: Change) -> tuple[str, Form]:
    """The text after a change, and the form that it then is."""
    value = copying.deepcopy(yaml_source.load(text, file=path).value)
    change(value)
    try:
        after = Form.model_validate(value)
    except ValidationError as error:
        raise Unfit(_unfit(error, value, path)) from None
    try:
        return rewritten(text, value, file=path), after
    except CannotEdit:
        raise _odd() from None


def _unfit(error: ValidationError, value: Any, path: str) -> list[Problem]:
    return from_validation(error, file=path, root=(), lines=dict.fromkeys(_places(value, ()), 0))


def _places(value: Any, loc: Loc) -> Iterator[Loc]:
    yield loc
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, (*loc, key))


@transaction.atomic
def change_form(*, copy: WorkingCopy, path: str, version: int, actor: Actor, change: Change) -> WorkingFile:
    """改动表单: make a change to a form's data and save its file.

    ``version`` is that of the file when the page was opened. What other files name stays, whatever takes it away: a
    field, a column, an option, a further number of a cell. Raises ChangedMeanwhile, Unfit, StillUsed, KindUsed, Uncertain
    and Refusal: not_permitted, not_editing, too_large, odd_writing, code_taken. A change that changes nothing leaves the
    file alone.
    """
    held(copy, actor)
    shown = _current(copy, path, version)
    text, after = _changed(shown.file.text, path, change)
    guard(shown.form, after, functools.cache(lambda: index_of(files_of(copy))))
    return save_file(copy=copy, path=path, text=text, version=version, actor=actor, exact=True)


def remove_field(*, copy: WorkingCopy, path: str, key: str, version: int, actor: Actor) -> WorkingFile:
    """删除表单项. Raises as :func:`change_form`."""
    return change_form(
        copy=copy,
        path=path,
        version=version,
        actor=actor,
        change=lambda form: form_changes.remove_field(form, key),
    )


def remove_column(
    *, copy: WorkingCopy, path: str, key: str, column: str, version: int, actor: Actor
) -> WorkingFile:
    """删除表列. Raises as :func:`change_form`."""

    def change(form: dict[str, Any]) -> None:
        found = form_changes.field_in(form, key)
        if found is not None:
            form_changes.remove_column(found, column)

    return change_form(copy=copy, path=path, version=version, actor=actor, change=change)


@transaction.atomic
def add_form(*, copy: WorkingCopy, data: dict[str, Any], actor: Actor) -> WorkingFile:
    """新增表单: a form without fields yet, in a file of its own named after its code.

    Raises Unfit and Refusal: not_permitted, not_editing, path_taken, code_taken, bad_path.
    """
    path = path_of(str(data["code"]))
    try:
        Form.model_validate(data)
    except ValidationError as error:
        raise Unfit(_unfit(error, data, path)) from None
    if data["code"] in index_of(files_of(copy)).names:
        raise Refusal("code_taken", _("已有代码为“%(code)s”的表单。") % {"code": data["code"]})
    lines = [line for key, value in data.items() for line in yaml_writing.entry(key, value, 0)]
    return add_file(copy=copy, path=path, text="\n".join(lines) + "\n", actor=actor)


@transaction.atomic
def remove_form(*, copy: WorkingCopy, path: str, version: int, actor: Actor) -> None:
    """删除表单: one that nothing names. Raises StillUsed, Uncertain, and as :func:`remove_file`."""
    held(copy, actor)
    shown = _current(copy, path, version)
    index = index_of(files_of(copy))
    uses = set(index.form(shown.form.code))
    for entry in shown.form.fields:
        uses |= {use for use in index.field(shown.form.code, entry) if use.file != path}
    require_unused(index, tuple(sorted(uses)), _("“%(label)s”") % {"label": shown.form.title})
    remove_file(copy=copy, path=path, actor=actor, version=version)


PROGRAMME: Final = "programme.yaml"


@dataclass(frozen=True, slots=True)
class StepUse:
    """环节 that could use a form, and whether it does."""

    code: str
    title: str
    used: bool


def steps_for(text: str, form: Form) -> list[StepUse]:
    """The steps of a programme.yaml in which forms are filled in, and which of them use the form.

    Another step that uses it all the same is among them: it can be taken from there. PackError when it cannot be read.
    """
    value = yaml_source.load(text, file=PROGRAMME).value
    return [
        StepUse(code, _title(step, code), _uses(step, form))
        for code, step in _steps(value).items()
        if _declares(value, code, step) or _uses(step, form)
    ]


def _declares(value: Any, code: str, step: Mapping[str, Any]) -> bool:
    starts = str(value["lifecycle"].get("start", "")) == code
    return step.get("kind", "procedure") == "procedure" and (step.get("stage") == DECLARING or starts)


def _title(step: Mapping[str, Any], code: str) -> str:
    title = step.get("title")
    told = title.get("zh") if isinstance(title, dict) else title
    return told if isinstance(told, str) and told else code


def _steps(value: Any) -> dict[str, dict[str, Any]]:
    lifecycle = value.get("lifecycle") if isinstance(value, dict) else None
    steps = lifecycle.get("steps") if isinstance(lifecycle, dict) else None
    found = steps.items() if isinstance(steps, dict) else ()
    return {str(code): step for code, step in found if isinstance(step, dict)}


def _uses(step: Mapping[str, Any], form: Form) -> bool:
    if form.kind == "materials":
        return step.get("materials") == form.code
    return form.code in _forms(step)


def _forms(step: Mapping[str, Any]) -> list[Any]:
    forms = step.get("forms")
    return forms if isinstance(forms, list) else []


@transaction.atomic
def use_form(
    *, copy: WorkingCopy, form: Form, steps: Collection[str], version: int, actor: Actor
) -> WorkingFile:
    """用于环节: let exactly these steps use a form; a list of materials takes the place of the one a step has.

    ``version`` is that of programme.yaml. Raises ChangedMeanwhile and Refusal: not_permitted, not_editing, odd_writing.
    """
    held(copy, actor)
    file = copy.files.select_related("changed_by").filter(path=PROGRAMME).first()
    if file is None or file.version != version:
        raise ChangedMeanwhile(file)
    value = copying.deepcopy(yaml_source.load(file.text, file=PROGRAMME).value)
    for code, step in _steps(value).items():
        if (code in steps) != _uses(step, form):
            _set_use(step, form, code in steps)
    try:
        text = rewritten(file.text, value, file=PROGRAMME)
    except CannotEdit:
        raise _odd() from None
    return save_file(copy=copy, path=PROGRAMME, text=text, version=version, actor=actor, exact=True)


def _set_use(step: dict[str, Any], form: Form, used: bool) -> None:
    if form.kind == "materials":
        if used:
            step["materials"] = form.code
        else:
            del step["materials"]
        return
    if step.get("forms") is not None and not isinstance(step["forms"], list):
        raise _odd()
    listed_forms = [code for code in _forms(step) if code != form.code]
    if used:
        listed_forms.append(form.code)
    step["forms"] = listed_forms
    if not listed_forms:
        del step["forms"]


def _odd() -> Refusal:
    message = _("该文件此处的写法特殊（如锚点、别名或者括号内的注释），请在文本编辑中修改。")
    return Refusal("odd_writing", message)


def _current(copy: WorkingCopy, path: str, version: int) -> OpenForm:
    file = copy.files.select_related("changed_by").filter(path=path).first()
    if file is None or file.version != version:
        raise ChangedMeanwhile(file)
    return opened(file)
