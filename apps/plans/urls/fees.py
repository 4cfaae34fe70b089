from django.urls import path

from apps.plans.views import fees

urlpatterns = [
    path("fees/<str:number>/", fees.public_schedule, name="fees"),
    path("fees/<str:number>/manage/", fees.manage, name="fees_manage"),
    path("fees/<str:number>/<int:pk>/end/", fees.end, name="fee_end"),
]
