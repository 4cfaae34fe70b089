from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "apps.subsidies"
    label = "subsidies"
    verbose_name = "专项经费"

    def ready(self) -> None:
        from apps.cases.triggers import register_append_only
        from apps.subsidies import registration, workflow  # noqa: F401

        register_append_only("ledger_entries", "subsidies_ledgerentry")
        register_append_only("ledger_postings", "subsidies_ledgerposting")
