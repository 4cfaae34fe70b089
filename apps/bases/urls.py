from django.urls import path

from apps.bases.views import changes, files, register, units, withdrawals

app_name = "bases"
urlpatterns = [
    path("", register.register_list, name="register"),
    path("export.xlsx", register.register_export, name="register_export"),
    path("records/", register.record_list, name="records"),
    path("records/new/", register.record_create, name="record_create"),
    path("records/<int:pk>/confirm/", register.record_confirm, name="record_confirm"),
    path("records/<int:pk>/withdraw/", register.record_withdraw, name="record_withdraw"),
    path("mine/", files.mine, name="mine"),
    path("mine/export.xlsx", files.mine_export, name="mine_export"),
    path("changes/<str:number>/", changes.change_edit, name="change_edit"),
    path("changes/<str:number>/opinion/", changes.change_opinion, name="change_opinion"),
    path("changes/<str:number>/evidence/<int:pk>/", changes.change_evidence_remove, name="change_evidence_remove"),
    path("withdrawals/<str:number>/", withdrawals.withdrawal_edit, name="withdrawal_edit"),
    path("withdrawals/<str:number>/plaque/", withdrawals.withdrawal_plaque, name="withdrawal_plaque"),
    path("managing-units/<int:pk>/confirm/", units.unit_confirm, name="unit_confirm"),
    path("managing-units/<int:pk>/decline/", units.unit_decline, name="unit_decline"),
    path("<str:number>/", register.base_detail, name="detail"),
    path("<str:number>/file/", files.base_file, name="file"),
    path("<str:number>/changes/new/", changes.change_start, name="change_start"),
    path("<str:number>/withdrawal/new/", withdrawals.withdrawal_start, name="withdrawal_start"),
    path("<str:number>/managing-unit/", units.unit_propose, name="unit_propose"),
]
