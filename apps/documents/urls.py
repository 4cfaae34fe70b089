from django.urls import path

from apps.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.document_list, name="list"),
    path("verify/", views.verify, name="verify"),
    path("<str:code>/pdf/", views.download, name="download"),
]
