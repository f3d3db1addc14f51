"""Triggers: when something happens, and conditions hold, an offer, a poll, or word to others."""
