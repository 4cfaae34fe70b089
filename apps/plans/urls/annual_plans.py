from django.urls import URLPattern, path

from apps.plans.views import annual_plan_decisions as decisions
from apps.plans.views import annual_plan_files as files
from apps.plans.views import annual_plan_forms as forms
from apps.plans.views import annual_plan_lists as lists
from apps.plans.views import annual_plan_steps as steps

urlpatterns: list[URLPattern] = [
    path("annual/", lists.annual_plans, name="annual_plans"),
    path("annual/open/<str:number>/<int:year>/", lists.plan_open, name="plan_open"),
    path("annual/<str:number>/", forms.plan_form, name="plan_form"),
    path("annual/<str:number>/view/", forms.plan_view, name="plan_view"),
    path("annual/<str:number>/parts/<slug:part>/", forms.plan_part, name="plan_part"),
    path("annual/<str:number>/parts/<slug:part>/autosave/", forms.plan_autosave, name="plan_autosave"),
    path("annual/<str:number>/copy/", files.plan_copy, name="plan_copy"),
    path("annual/<str:number>/upload/", files.plan_upload, name="plan_upload"),
    path("annual/<str:number>/template.xlsx", files.plan_template, name="plan_template"),
    path("annual/<str:number>/projects.xlsx", files.plan_export, name="plan_export"),
    path("annual/<str:number>/files/<slug:purpose>/upload/", files.plan_file_upload, name="plan_file_upload"),
    path("annual/<str:number>/files/<int:pk>/remove/", files.plan_file_remove, name="plan_file_remove"),
    path("annual/<str:number>/own-review/", steps.plan_own_review, name="plan_own_review"),
    path("annual/<str:number>/submit/", steps.plan_submit, name="plan_submit"),
    path("annual/<str:number>/amend/", steps.plan_amend, name="plan_amend"),
    path("annual/<str:number>/compare/", steps.plan_compare, name="plan_compare"),
    path("annual/<str:number>/return/", decisions.plan_return, name="plan_return"),
    path("annual/<str:number>/opinion/", decisions.plan_opinion, name="plan_opinion"),
    path("annual/<str:number>/sign/", decisions.plan_sign, name="plan_sign"),
    path("annual/<str:number>/file/", decisions.plan_file, name="plan_file"),
]
