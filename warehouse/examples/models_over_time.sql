-- Every model, what it learned from, and whether it passed the gate.
SELECT day, version, status, accepted, events, people
FROM read_parquet('models/day=*/*.parquet', hive_partitioning = true)
ORDER BY trained_at, version;
