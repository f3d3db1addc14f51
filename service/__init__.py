"""Settings, assembly, authentication, metrics and the command line: the only room that sees all."""
