from django.apps import AppConfig


class BasesConfig(AppConfig):
    name = "apps.bases"
    label = "bases"
    verbose_name = "基地名录"

    def ready(self) -> None:
        from apps.bases import levels, registration, workflow  # noqa: F401
