"""Addresses of cases, under ``cases/``. They belong to this room because what can be done to a case is its business."""

from django.urls import path

from workflows.views import (
    cases,
    confirming,
    declaration,
    declared,
    documents,
    files,
    intake,
    material_checks,
    materials,
    policies,
    prefill,
    sections,
    signing,
    spreadsheets,
    starting,
    submission,
    uploads,
)

app_name = "cases"

urlpatterns = [
    path("", cases.case_list, name="list"),
    path("start/", starting.start, name="start"),
    path("policies/<uuid:public_id>/", policies.policy, name="policy"),
    path("<uuid:public_id>/", cases.detail, name="detail"),
    path("<uuid:public_id>/declared/", declared.declared, name="declared"),
    path("<uuid:public_id>/intake/", intake.register, name="intake"),
    path("<uuid:public_id>/review/", sections.review, name="review"),
    path("<uuid:public_id>/notices/", sections.notices, name="notices"),
    path("<uuid:public_id>/decisions/", sections.decisions, name="decisions"),
    path("<uuid:public_id>/upkeep/", sections.upkeep, name="upkeep"),
    path("<uuid:public_id>/letters/<uuid:decision_id>/", sections.letter, name="letter"),
    path("<uuid:public_id>/declaration/", declaration.overview, name="declaration"),
    path("<uuid:public_id>/declaration/<str:code>/", declaration.form, name="form"),
    path("<uuid:public_id>/declaration/<str:code>/here/", declaration.here, name="form_here"),
    path("<uuid:public_id>/declaration/<str:code>/prefill/", prefill.prefill, name="form_prefill"),
    path("<uuid:public_id>/declaration/<str:code>/sure/", confirming.form_sure, name="form_sure"),
    path("<uuid:public_id>/declaration/<str:code>/checks/", declaration.form_checks, name="form_checks"),
    path(
        "<uuid:public_id>/declaration/<str:code>/form.xlsx", spreadsheets.form_workbook, name="form_workbook"
    ),
    path("<uuid:public_id>/declaration/<str:code>/sheet/<str:key>/", spreadsheets.table, name="sheet"),
    path(
        "<uuid:public_id>/declaration/<str:code>/sheet/<str:key>/template.xlsx",
        spreadsheets.table_template,
        name="sheet_template",
    ),
    path(
        "<uuid:public_id>/declaration/<str:code>/sheet/<str:key>/rows.xlsx",
        spreadsheets.table_rows,
        name="sheet_rows",
    ),
    path("<uuid:public_id>/materials/", materials.materials, name="materials"),
    path("<uuid:public_id>/materials/checks/", material_checks.material_checks, name="material_checks"),
    path("<uuid:public_id>/materials/<uuid:material_id>/", files.material, name="material"),
    path("<uuid:public_id>/materials/<uuid:material_id>/view/", files.preview, name="material_view"),
    path("<uuid:public_id>/materials/<uuid:material_id>/remove/", materials.remove, name="material_remove"),
    path("<uuid:public_id>/uploads/", uploads.begin, name="uploads"),
    path("<uuid:public_id>/uploads/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("<uuid:public_id>/submit/", submission.submit, name="submit"),
    path("<uuid:public_id>/receipt/", submission.receipt, name="receipt"),
    path("<uuid:public_id>/sign/", signing.sign, name="sign"),
    path("<uuid:public_id>/seal-page/", signing.seal_page, name="seal_page"),
    path("<uuid:public_id>/discard/", submission.discard, name="discard"),
    path("<uuid:public_id>/print/", documents.print_view, name="print"),
    path("<uuid:public_id>/print.css", documents.print_style, name="print_style"),
    path("<uuid:public_id>/word/", documents.word, name="word"),
    path("<uuid:public_id>/pdf/", documents.pdf, name="pdf"),
    path("<uuid:public_id>/dossier/", documents.dossier, name="dossier"),
]
