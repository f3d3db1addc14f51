"""The HTTP application: endpoints, sockets, who may call and how often."""
