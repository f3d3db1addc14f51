"""What other systems send here: events of pages and apps, changes of a shop's database."""
