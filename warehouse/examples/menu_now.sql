-- The newest version of each drink, with its recipe then.
WITH newest AS (
  SELECT * FROM read_parquet('drinks/day=*/*.parquet', hive_partitioning = true)
  QUALIFY version = max(version) OVER (PARTITION BY id)
), recipes AS (
  SELECT DISTINCT drink, version, ingredient, optional
  FROM read_parquet('recipes/day=*/*.parquet', hive_partitioning = true)
)
SELECT id, name, newest.version AS version, contains,
       list(ingredient ORDER BY ingredient) FILTER (ingredient IS NOT NULL) AS ingredients
FROM newest LEFT JOIN recipes ON recipes.drink = newest.id AND recipes.version = newest.version
GROUP BY id, name, newest.version, contains
ORDER BY id;
