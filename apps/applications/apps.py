from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "apps.applications"
    label = "applications"
    verbose_name = "申报"

    def ready(self) -> None:
        from apps.applications import form_registration, levels, registration, workflow  # noqa: F401
        from apps.applications.services import intake, recommendation  # noqa: F401
