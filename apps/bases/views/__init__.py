from apps.bases.views.register import SORTS

__all__ = ["SORTS"]
