-- How many people bought on how many days. Only of tables with --people.
SELECT days, count(*) AS people
FROM (
  SELECT person, count(DISTINCT day) AS days
  FROM read_parquet('events/day=*/*.parquet', hive_partitioning = true)
  WHERE type = 'purchase' AND person IS NOT NULL AND NOT simulated
  GROUP BY person
)
GROUP BY days
ORDER BY days;
