"""Addresses of the room, under ``public/``. Nobody signs in here."""

from django.urls import path
from django.views.decorators.http import require_safe

from portal.feeds import NewsFeed
from portal.views import index, notices, objections, precheck, programmes, receipts, register

app_name = "portal"

urlpatterns = [
    path("", index.index, name="index"),
    path("feed.atom", require_safe(NewsFeed()), name="feed"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/<uuid:public_id>/", notices.notice, name="notice"),
    path("notices/<uuid:public_id>/objection/", objections.lodge, name="object"),
    path("objections/", objections.status, name="objection_status"),
    path("objections/receipt/<str:token>/", objections.receipt, name="receipt"),
    path("receipts/", receipts.check, name="receipt_check"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/which/", programmes.finder, name="finder"),
    path("programmes/<uuid:public_id>/", programmes.programme, name="programme"),
    path("programmes/<uuid:public_id>/check/", precheck.precheck, name="precheck"),
    path("register/", register.register, name="register"),
    path("register/<uuid:public_id>/", register.entry, name="entry"),
    path("certificate/<uuid:public_id>/", register.certificate_page, name="certificate"),
    path("certificate/<uuid:public_id>/qr.svg", register.certificate_code, name="certificate_qr"),
]
