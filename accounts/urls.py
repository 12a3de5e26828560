"""Addresses of the room, under ``accounts/``."""

from django.urls import path

from accounts.views import password, preferences, profile, second_factor, sign_in, signers

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("password/", password.ChangePassword.as_view(), name="password_change"),
    path("language/", preferences.set_language, name="set_language"),
    path("act-as/<uuid:public_id>/", preferences.switch_actor, name="act_as"),
    path("profile/", profile.Profile.as_view(), name="profile"),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/enrol/", second_factor.enrol, name="second_factor_enrol"),
    path("signers/", signers.signers, name="signers"),
    path("signers/<uuid:public_id>/end/", signers.end, name="signer_end"),
    path("profile/substitutes/", profile.AppointSubstitute.as_view(), name="substitute"),
    path("profile/substitutes/<uuid:public_id>/end/", profile.end_substitute, name="substitute_end"),
]
