"""The command `tastegraph warehouse`: tables for other tools."""
