"""The two checks: masks in memory, the gate in the graph; and single verdicts."""
