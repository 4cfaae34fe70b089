from django.urls import path

from apps.applications.views import notices

urlpatterns = [
    path("rounds/<str:number>/notice/", notices.notice_create, name="notice_create"),
    path("notices/<str:number>/edit/", notices.notice_edit, name="notice_edit"),
    path("objections/<str:number>/investigate/", notices.objection_investigate, name="objection_investigate"),
    path("objections/<str:number>/answer/", notices.objection_answer, name="objection_answer"),
    path("public/notices/", notices.public_notices, name="public_notices"),
    path("public/notices/<str:number>/", notices.public_notice, name="public_notice"),
    path("public/objections/", notices.objection_query, name="objection_query"),
    path("public/objections/<str:query_code>/reply/", notices.objection_reply, name="objection_reply"),
]
