"""The first safety check: the rule as masks over all drinks, in memory."""
