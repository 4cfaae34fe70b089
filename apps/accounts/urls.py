from django.urls import path

from apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("act-for/", views.act_for, name="act_for"),
    path("members/", views.members, name="members"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/new/", views.organisation_create, name="organisation_create"),
    path("organisations/<int:pk>/appoint/", views.organisation_appoint, name="organisation_appoint"),
    path("organisations/<int:pk>/members/", views.members, name="members_of"),
    path("organisations/<int:pk>/members/new/", views.member_add, name="member_add"),
    path("organisations/<int:pk>/roles/<int:membership_pk>/end/", views.membership_end, name="membership_end"),
    path("organisations/<int:pk>/members/<int:user_pk>/deactivate/", views.member_deactivate, name="member_deactivate"),
    path("organisations/<int:pk>/members/<int:user_pk>/reset/", views.member_reset, name="member_reset"),
]
