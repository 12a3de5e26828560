"""Addresses of the room, under ``notices/``."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.message_list, name="list"),
    path("badge/", views.badge, name="badge"),
    path("preferences/", views.Preferences.as_view(), name="preferences"),
    path("programmes/<uuid:public_id>/", views.watch, name="watch"),
    path("read/", views.read_all, name="read_all"),
    path("<uuid:public_id>/", views.open_message, name="open"),
    path("<uuid:public_id>/read/", views.read, name="read"),
]
