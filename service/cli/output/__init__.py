"""How commands print: tables, answers, files, progress."""
