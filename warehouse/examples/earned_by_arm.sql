-- The same by experiment and arm, as cypher/experiments/earned_by_arm.cypher. Only of tables with --people.
SELECT arm AS name,
       count(*) FILTER (type <> 'purchase') AS opened,
       count(*) FILTER (type = 'purchase') AS bought,
       coalesce(sum(CAST(round(coalesce(value, 1) * 10000) AS BIGINT))
         FILTER (type = 'purchase'), 0) / 10000.0::DOUBLE AS quantity,
       coalesce(sum(CAST(round(coalesce(value, 1) * price * 10000) AS BIGINT))
         FILTER (type = 'purchase' AND currency = $currency), 0) / 10000.0::DOUBLE AS revenue
FROM (
  SELECT *, unnest(arms) AS arm
  FROM read_parquet('events/day=*/*.parquet', hive_partitioning = true)
)
WHERE surface IS NOT NULL AND NOT simulated AND type IN ('view', 'click', 'purchase')
  AND day >= CAST($since AS DATE) AND day < CAST($until AS DATE)
GROUP BY name
ORDER BY name;
