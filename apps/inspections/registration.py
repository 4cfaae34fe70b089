"""Where the steps of inspections and sanctions are taken, and what their case pages show."""

from apps.inspections import inspection_registration, sanction_registration  # noqa: F401
