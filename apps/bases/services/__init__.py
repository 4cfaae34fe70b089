from apps.bases.services.register import LEVEL_CODES, lock_base, open_base_case, record_event, register_base

__all__ = ["LEVEL_CODES", "lock_base", "open_base_case", "record_event", "register_base"]
