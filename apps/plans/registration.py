"""Where the steps of annual plans and training projects are taken, and what their case pages show."""

from apps.plans import plan_registration, project_registration, record_registration  # noqa: F401
