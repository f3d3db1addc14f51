-- Of each drink, to how many people it was offered, and how many were bought.
WITH offered AS (
  SELECT drink, sum(people) AS offered
  FROM read_parquet('impressions/day=*/*.parquet', hive_partitioning = true)
  GROUP BY drink
), bought AS (
  SELECT drink, count(*) AS bought
  FROM read_parquet('events/day=*/*.parquet', hive_partitioning = true)
  WHERE type = 'purchase' AND NOT simulated
  GROUP BY drink
)
SELECT drink, coalesce(offered, 0) AS offered, coalesce(bought, 0) AS bought
FROM offered FULL JOIN bought USING (drink)
ORDER BY drink;
