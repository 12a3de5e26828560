"""Addresses of the room, under ``work/``."""

from django.urls import path

from workflows.views import actions, recommended, score, work

app_name = "workflows"

urlpatterns = [
    path("", work.home, name="home"),
    path("list/", work.work_list, name="worklist"),
    path("score/<uuid:public_id>/", score.score, name="score"),
    path("draw/<uuid:public_id>/", actions.draw, name="draw"),
    path("recommended/<uuid:round_id>/<uuid:unit_id>/", recommended.recommended, name="recommended"),
    path(
        "recommended/<uuid:round_id>/<uuid:unit_id>/letter/",
        recommended.letter,
        name="recommendation_letter",
    ),
    path("<uuid:public_id>/<str:action>/", actions.act, name="act"),
]
