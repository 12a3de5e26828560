"""Addresses of the room, under ``supervision/``."""

from django.urls import path

from supervision.views import administration, cases, entries, home

app_name = "supervision"

urlpatterns = [
    path("", home.home, name="home"),
    path("cards/", home.cards, name="cards"),
    path("entries/", entries.entry_list, name="entries"),
    path("administration/", administration.administration, name="administration"),
    path("administration/verify/", administration.verify_administration, name="administration_verify"),
    path("cases/<uuid:public_id>/", cases.case_record, name="record"),
    path("cases/<uuid:public_id>/entries/<int:seq>/", entries.entry, name="entry"),
    path("cases/<uuid:public_id>/verify/", cases.verify, name="verify"),
    path("cases/<uuid:public_id>/reads/", cases.reads, name="reads"),
    path("cases/<uuid:public_id>/export/", cases.export, name="export"),
]
