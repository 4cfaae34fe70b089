from django.urls import URLPattern, path

from apps.applications.views import intake as views

urlpatterns: list[URLPattern] = [
    path("intake/", views.intake_queue, name="intake_queue"),
    path("intake/<str:number>/", views.intake_page, name="intake"),
    path("intake/<str:number>/correction/", views.request_correction, name="request_correction"),
    path("intake/<str:number>/refusal/", views.propose_refusal, name="propose_refusal"),
    path("intake/<str:number>/refusal/sign/", views.sign_refusal, name="sign_refusal"),
]
