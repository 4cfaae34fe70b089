"""A site of one form that saves itself, for the tests of the scripts; its store is this module's memory."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path

from apps.portal.styleguide import TeacherFormSet, styleguide

SAVED_AT = dt.datetime(2026, 3, 16, 2, 5, tzinfo=dt.UTC)


class SectionForm(forms.Form):
    """Three fields of different kinds."""

    name = forms.CharField(label="机构全称", required=False)
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "请选择"), ("a", "高等院校"), ("b", "协会")])
    public = forms.BooleanField(label="公开", required=False)


class Store:
    """What the server holds: one version number and the values of the section."""

    def __init__(self) -> None:
        self.version = 0
        self.reset()

    def reset(self) -> None:
        """Start afresh; versions go on, so that a late request of a closed page changes nothing."""
        self.version += 100
        self.values: dict[str, Any] = {"name": "", "kind": "", "public": False}
        self.saves: list[dict[str, str]] = []
        self.submissions: list[dict[str, str]] = []
        self.answer: int | None = None


STORE = Store()


def page(request: HttpRequest) -> HttpResponse:
    """The form; its full submission is only noted."""
    if request.method == "POST":
        STORE.submissions.append(request.POST.dict())
        return HttpResponse("已提交")
    context = {
        "form": SectionForm(initial=STORE.values),
        "formset": TeacherFormSet(prefix="teachers"),
        "store": STORE,
        "user": SimpleNamespace(pk=7, is_authenticated=False),
    }
    return render(request, "section.html", context)


def save(request: HttpRequest) -> JsonResponse:
    """Save unless another version has been saved, or as the test prescribes."""
    if STORE.answer:
        return JsonResponse({"detail": "服务暂时不可用"}, status=STORE.answer)
    if int(request.POST["version"]) != STORE.version:
        return JsonResponse(_conflict(), status=409)
    STORE.saves.append(request.POST.dict())
    STORE.version += 1
    STORE.values = {
        "name": request.POST["name"],
        "kind": request.POST["kind"],
        "public": "public" in request.POST,
    }
    errors = {"name": ["名称须与登记证书一致。"]} if request.POST["name"] == "错误" else {}
    return JsonResponse({"version": STORE.version, "saved_at": SAVED_AT.isoformat(), "errors": errors})


def _conflict() -> dict[str, Any]:
    return {
        "version": STORE.version,
        "saved_by": "李样本",
        "saved_at": SAVED_AT.isoformat(),
        "values": STORE.values,
    }


portal_urls = ([path("home/", page, name="home"), path("work/", page, name="dashboard")], "portal")
urlpatterns = [
    path("form/", page),
    path("save/", save, name="save"),
    path("styleguide/", styleguide),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("", include(portal_urls)),
]
