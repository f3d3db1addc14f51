"""Tables in foreign files, read by a mapping, with every bad row named."""
