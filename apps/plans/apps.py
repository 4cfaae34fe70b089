from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "apps.plans"
    label = "plans"
    verbose_name = "年度计划与培训"

    def ready(self) -> None:
        from apps.plans import registration, workflow  # noqa: F401
        from apps.plans.services import opening  # noqa: F401
