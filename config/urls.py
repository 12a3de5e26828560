"""Every address of the product: each room brings its own under a prefix and its own namespace."""

from django.urls import include, path

from config import views

ROOMS = (
    ("accounts/", "accounts.urls"),
    ("cases/", "workflows.urls_cases"),
    ("work/", "workflows.urls"),
    ("notices/", "notifications.urls"),
    ("public/", "portal.urls"),
    ("supervision/", "supervision.urls"),
    ("workshop/", "workshop.urls"),
)

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    *(path(prefix, include(module)) for prefix, module in ROOMS),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
