from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "apps.panels"
    label = "panels"
    verbose_name = "评审"

    def ready(self) -> None:
        from apps.panels import levels, registration, workflow  # noqa: F401
