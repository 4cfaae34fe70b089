"""The demo: invented organisations and people in every jurisdiction, their cases played through the services."""
