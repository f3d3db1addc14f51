"""People as an audience: what they were asked, which segments they are in, what was triggered."""
