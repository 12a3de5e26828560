from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The public's room: notices, objections, the register, certificates. No sign-in."""

    name = "portal"
    verbose_name = "社会公众"
