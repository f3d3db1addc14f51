-- What was opened, bought and paid from recommended lists: $by drink, surface or model; from the day
-- $since until before $until, both YYYY-MM-DD. The same to the digit as cypher/experiments/earned.cypher.
SELECT CASE $by WHEN 'drink' THEN drink WHEN 'surface' THEN surface ELSE model END AS name,
       count(*) FILTER (type <> 'purchase') AS opened,
       count(*) FILTER (type = 'purchase') AS bought,
       coalesce(sum(CAST(round(coalesce(value, 1) * 10000) AS BIGINT))
         FILTER (type = 'purchase'), 0) / 10000.0::DOUBLE AS quantity,
       coalesce(sum(CAST(round(coalesce(value, 1) * price * 10000) AS BIGINT))
         FILTER (type = 'purchase' AND currency = $currency), 0) / 10000.0::DOUBLE AS revenue
FROM read_parquet('events/day=*/*.parquet', hive_partitioning = true)
WHERE surface IS NOT NULL AND known AND NOT simulated
  AND type IN ('view', 'click', 'purchase')
  AND day >= CAST($since AS DATE) AND day < CAST($until AS DATE)
GROUP BY name
ORDER BY name;
