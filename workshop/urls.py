"""Addresses of the room, under ``workshop/``."""

from django.urls import path

from workshop.views import copies, editions, files, moves, reviews, rounds, trials

app_name = "workshop"

urlpatterns = [
    path("", editions.programmes, name="programmes"),
    path("import/", copies.import_pack, name="import"),
    path("editions/<uuid:public_id>/", editions.edition, name="edition"),
    path("editions/<uuid:public_id>/clone/", editions.clone, name="clone"),
    path("editions/<uuid:public_id>/download/", editions.download, name="edition_download"),
    path("editions/<uuid:public_id>/compare/", editions.compare, name="edition_compare"),
    path("editions/<uuid:public_id>/publish/", reviews.publish_draft, name="edition_publish"),
    path("editions/<uuid:public_id>/retire/", reviews.retire, name="edition_retire"),
    path("editions/<uuid:public_id>/move/", moves.choose, name="move"),
    path("copies/<uuid:public_id>/", copies.copy, name="copy"),
    path("copies/<uuid:public_id>/discard/", copies.discard, name="copy_discard"),
    path("copies/<uuid:public_id>/download/", copies.download, name="copy_download"),
    path("copies/<uuid:public_id>/upload/", copies.upload, name="copy_upload"),
    path("copies/<uuid:public_id>/lifecycle/", copies.lifecycle, name="copy_lifecycle"),
    path("copies/<uuid:public_id>/compare/", copies.compare, name="copy_compare"),
    path("copies/<uuid:public_id>/file/", files.edit, name="file"),
    path("copies/<uuid:public_id>/check/", files.check, name="check"),
    path("copies/<uuid:public_id>/add/", files.add, name="file_add"),
    path("copies/<uuid:public_id>/rename/", files.rename, name="file_rename"),
    path("copies/<uuid:public_id>/remove/", files.remove, name="file_remove"),
    path("copies/<uuid:public_id>/earlier/", files.earlier, name="earlier"),
    path("copies/<uuid:public_id>/restore/", files.restore, name="file_restore"),
    path("copies/<uuid:public_id>/what-if/", trials.what_if, name="what_if"),
    path("copies/<uuid:public_id>/scenarios/", trials.scenarios, name="scenarios"),
    path("trials/<uuid:public_id>/", trials.trial, name="trial"),
    path("copies/<uuid:public_id>/submit/", reviews.submit, name="submit"),
    path("copies/<uuid:public_id>/withdraw/", reviews.withdraw, name="withdraw"),
    path("copies/<uuid:public_id>/reject/", reviews.reject, name="reject"),
    path("copies/<uuid:public_id>/publish/", reviews.publish, name="publish"),
    path("rounds/", rounds.round_list, name="rounds"),
    path("rounds/open/<uuid:public_id>/", rounds.open_new, name="open_round"),
    path("rounds/<uuid:public_id>/", rounds.one_round, name="round"),
    path("rounds/<uuid:public_id>/slots/<slug:name>/", rounds.fill, name="fill_slot"),
    path("rounds/<uuid:public_id>/close/", rounds.close, name="close_round"),
]
