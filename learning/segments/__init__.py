"""Segments: groups of people by rules, by what they buy together, and by RFM; never by allergy."""
