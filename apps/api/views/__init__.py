"""Addresses of the API by subject."""
