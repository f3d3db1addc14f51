"""What goes with the moment of a request: effects of daypart, season and place."""
