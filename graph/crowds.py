"""What may be told of many people at once: the fewest of them, and the place that is any place."""

SMALLEST_GROUP = 5
"""Nothing that is told of people without naming them is told of fewer."""

EVERYWHERE = "everywhere"
"""The place of what people want wherever they are; others are `store:ID` and `place:WORD`."""
