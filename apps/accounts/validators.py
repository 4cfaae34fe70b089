from django.core.exceptions import ValidationError

from apps.accounts.codes import is_credit_code, is_division


def validate_credit_code(value: str) -> None:
    """Raise ValidationError unless ``value`` is a unified social credit code with a right check digit."""
    if not is_credit_code(value):
        raise ValidationError("统一社会信用代码应为 18 位，且校验位正确；请核对是否抄错或遗漏。", code="credit_code")


def validate_division(value: str) -> None:
    """Raise ValidationError unless ``value`` is a six-digit division code."""
    if not is_division(value):
        raise ValidationError("行政区划代码应为 6 位数字。", code="division")
