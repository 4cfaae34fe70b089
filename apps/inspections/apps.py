from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "apps.inspections"
    label = "inspections"
    verbose_name = "检查考核"

    def ready(self) -> None:
        from apps.inspections import registration, workflow  # noqa: F401
        from apps.inspections.services import inspection_terms, terms  # noqa: F401
