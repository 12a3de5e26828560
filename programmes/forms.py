"""Forms as data: reading what was typed, typing what was stored, counting what is there, drawing it. 表单

Stored data are JSON: decimals as strings, dates ISO, tables as lists of rows. A cell that could not be read keeps the
text as it was typed, so that nothing is lost; :func:`typed` gives None for it and :func:`clean_form` the message.
Screens, print and exports share one picture of a form: :func:`render`.
"""

from __future__ import annotations

from programmes.form_cells import Input, inputs_of, row_inputs, tables
from programmes.form_cleaning import Cleaned, clean_form
from programmes.form_content import (
    MissingCell,
    count_filled,
    form_types,
    is_complete,
    label_of,
    missing_cells,
    typed,
    visible_fields,
)
from programmes.form_rendering import (
    RenderCell,
    RenderForm,
    RenderRow,
    RenderSection,
    display_value,
    fields_flat,
    render,
)

__all__ = [
    "Cleaned",
    "Input",
    "MissingCell",
    "RenderCell",
    "RenderForm",
    "RenderRow",
    "RenderSection",
    "clean_form",
    "count_filled",
    "display_value",
    "fields_flat",
    "form_types",
    "inputs_of",
    "is_complete",
    "label_of",
    "missing_cells",
    "render",
    "row_inputs",
    "tables",
    "typed",
    "visible_fields",
]
