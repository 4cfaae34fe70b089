from django.urls import path

from apps.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.case_list, name="list"),
    path("export/<str:file_format>/", views.export, name="export"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/steps/<slug:step>/", views.step, name="step"),
    path("<str:number>/attachments/<int:pk>/", views.attachment, name="attachment"),
]
