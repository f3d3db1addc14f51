-- What was sold each day, and for how much, from the events.
SELECT day, drink, sum(value) AS sold, round(sum(value * price), 2) AS turnover, any_value(currency) AS currency
FROM read_parquet('events/day=*/*.parquet', hive_partitioning = true)
WHERE type = 'purchase' AND NOT simulated
GROUP BY day, drink
ORDER BY day, drink;
