"""Addresses of payments: the lists, a request, and a page for each step."""

from django.urls import URLPattern, path

from apps.subsidies.views import payments, requests

_STEPS = (
    ("submit", "submit"),
    ("withdraw", "withdraw"),
    ("return", "return_for_correction"),
    ("check", "check"),
    ("send-back", "send_back"),
    ("approve", "approve"),
    ("refuse", "refuse"),
    ("pay", "record_payment"),
    ("confirm", "confirm"),
    ("reversal", "propose_reversal"),
    ("reversal/send-back", "send_back_reversal"),
    ("reversal/sign", "sign_reversal"),
)

urlpatterns: list[URLPattern] = [
    path("payments/", requests.payment_list, name="payments"),
    path("payments/export", requests.payment_export, name="payments_export"),
    path("payments/bases/<str:number>", requests.payment_awards, name="payment_awards"),
    path("payments/awards/<str:number>/new", requests.payment_new, name="payment_new"),
    path("payments/<str:number>/edit", requests.payment_edit, name="payment_edit"),
    *(
        path(f"payments/<str:number>/{address}", payments.payment_step, {"step": step}, name=f"payment_{step}")
        for address, step in _STEPS
    ),
]
