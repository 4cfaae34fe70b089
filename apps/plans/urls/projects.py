from django.urls import path

from apps.plans.views import project_archives, project_steps, projects

urlpatterns = [
    path("projects/", projects.project_list, name="projects"),
    path("projects/batch/", project_steps.project_batch, name="project_batch"),
    path("projects/archives/", project_archives.archive_list, name="archives"),
    path("bases/<str:number>/planned/", projects.project_planned, name="project_planned"),
    path("bases/<str:number>/projects/new/", projects.project_new, name="project_new"),
    path("projects/<str:number>/edit/", projects.project_edit, name="project_edit"),
    path("projects/<str:number>/submit/", projects.project_submit, name="project_submit"),
    path("projects/<str:number>/opinion/", project_steps.project_opinion, name="project_opinion"),
    path("projects/<str:number>/sign/", project_steps.project_sign, name="project_sign"),
    path("projects/<str:number>/close/", project_steps.project_close, name="project_close"),
    path("projects/<str:number>/archive/", project_archives.project_archive, name="project_archive"),
    path("projects/<str:number>/archive/<slug:code>/", project_archives.archive_upload, name="archive_upload"),
    path("projects/<str:number>/archive/remove/<int:pk>/", project_archives.archive_remove, name="archive_remove"),
]
