from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an organisation's administrator; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted elsewhere, by name and address; counted by name alone, anyone could lock
        anyone out. The limit on failed sign-ins is for second factors, which only who knows the password reaches.
        """

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """A temporary password, which another person has seen, does not become the person's own."""
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError("新密码不能与现在的密码相同。")
        return str(super().clean_password(password, user))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A password the person chose ends the duty to change the temporary one."""
        user.must_change_password = False  # type: ignore[attr-defined]
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("portal:dashboard")
