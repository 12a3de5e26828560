"""Addresses of the room, under ``accounts/``."""

from django.urls import path

from accounts.views import (
    grants,
    password,
    people,
    preferences,
    profile,
    second_factor,
    sign_in,
    signers,
    units,
)

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
    path("units/", units.units, name="units"),
    path("units/new/", units.new_unit, name="unit_new"),
    path("units/<uuid:public_id>/", units.unit, name="unit"),
    path("units/<uuid:public_id>/edit/", units.edit_unit, name="unit_edit"),
    path("units/<uuid:public_id>/rename/", units.rename_unit, name="unit_rename"),
    path("units/<uuid:public_id>/move/", units.move_unit, name="unit_move"),
    path("units/<uuid:public_id>/alias/", units.add_unit_alias, name="unit_alias"),
    path("units/<uuid:public_id>/status/", units.unit_status, name="unit_status"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="person_new"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("people/<uuid:public_id>/edit/", people.edit_person, name="person_edit"),
    path("people/<uuid:public_id>/status/", people.person_status, name="person_status"),
    path("people/<uuid:public_id>/password/", people.person_password, name="person_password"),
    path("people/<uuid:public_id>/unlock/", people.person_unlock, name="person_unlock"),
    path("people/<uuid:public_id>/second-factor/", people.person_factor, name="person_factor"),
    path("grants/", grants.grants, name="grants"),
    path("grants/new/", grants.new_grant, name="grant_new"),
    path("grants/<uuid:public_id>/end/", grants.end_grant, name="grant_end"),
    path("profile/substitutes/", profile.AppointSubstitute.as_view(), name="substitute"),
    path("profile/substitutes/<uuid:public_id>/end/", profile.end_substitute, name="substitute_end"),
]
