"""Addresses of bank statements and reconciliation."""

from django.urls import URLPattern, path

from apps.subsidies.views import bank

urlpatterns: list[URLPattern] = [
    path("bank/", bank.reconciliation, name="reconciliation"),
    path("bank/confirm", bank.confirm_all, name="reconciliation_confirm"),
    path("bank/statements/", bank.statement_list, name="bank_statements"),
    path("bank/statements/new", bank.statement_new, name="bank_statement_new"),
    path("bank/statements/take-in", bank.statement_take_in, name="bank_statement_take_in"),
    path("bank/lines/", bank.line_list, name="bank_lines"),
    path("bank/lines/export", bank.line_export, name="bank_lines_export"),
    path("bank/lines/<int:pk>/ignore", bank.line_ignore, name="bank_line_ignore"),
    path("bank/lines/<int:pk>/reopen", bank.line_reopen, name="bank_line_reopen"),
]
