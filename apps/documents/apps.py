from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "apps.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        from apps.documents import services  # noqa: F401
