"""Webhooks: outgoing events as signed HTTP requests, by the Standard Webhooks specification."""
