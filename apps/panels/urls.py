"""Pages of the expert review: the authority's panels and pool, the experts' own assignments."""

from django.urls import path

from apps.panels.views import assignments, experts, panels, review, seats

app_name = "panels"
urlpatterns = [
    path("", panels.panel_list, name="list"),
    path("experts/", experts.pool, name="experts"),
    path("experts/new/", experts.add, name="expert_new"),
    path("experts/import/", experts.import_experts, name="experts_import"),
    path("experts/import/template/", experts.import_template, name="experts_template"),
    path("experts/<int:pk>/", experts.change, name="expert"),
    path("experts/<int:pk>/activity/", experts.activate, name="expert_activity"),
    path("mine/", assignments.assignments, name="assignments"),
    path("mine/<str:number>/", assignments.assignment, name="assignment"),
    path("mine/<str:number>/declare/", assignments.declare, name="declare"),
    path("mine/<str:number>/close/", assignments.close_early, name="close_early"),
    path("mine/<str:number>/sign/", assignments.sign, name="sign"),
    path("mine/<str:number>/photos/<int:pk>/", assignments.photo, name="photo"),
    path("mine/<str:number>/<str:subject>/", assignments.read_file, name="read_file"),
    path("mine/<str:number>/<str:subject>/score/", assignments.score, name="score"),
    path("mine/<str:number>/<str:subject>/save/", assignments.save_scores, name="save_scores"),
    path("mine/<str:number>/<str:subject>/scores/", assignments.board, name="board"),
    path("rounds/<str:number>/new/", panels.open_panel, name="open"),
    path("applications/<str:number>/", panels.for_subject, name="for_subject"),
    path("applications/<str:number>/review/", review.review_steps_page, name="review_steps"),
    path("<str:number>/", panels.panel_page, name="panel"),
    path("<str:number>/edit/", panels.edit, name="edit"),
    path("<str:number>/draw/", panels.draw, name="draw"),
    path("<str:number>/draws/<int:pk>/", panels.draw_proof, name="draw_proof"),
    path("<str:number>/appoint/", panels.appoint, name="appoint"),
    path("<str:number>/members/<int:pk>/chair/", seats.name_chair, name="name_chair"),
    path("<str:number>/members/<int:pk>/replace/", seats.replace, name="replace"),
    path("<str:number>/conflicts/<int:pk>/", seats.set_aside, name="set_aside"),
    path("<str:number>/steps/", review.panel_steps, name="steps"),
    path("<str:number>/resolution/", review.resolution, name="resolution"),
    path("<str:number>/conclude/", review.conclude, name="conclude"),
    path("<str:number>/files/<int:pk>/", review.file, name="file"),
    path("<str:number>/applications/<str:subject>/visit/", review.visit, name="visit"),
    path("<str:number>/applications/<str:subject>/scores/", review.scores, name="scores"),
]
