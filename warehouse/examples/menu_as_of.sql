-- Each drink as it was at a version of the catalogue: what was its recipe when something happened?
SELECT id, name, version, recipe_complete
FROM read_parquet('drinks/day=*/*.parquet', hive_partitioning = true)
WHERE version <= $version
QUALIFY version = max(version) OVER (PARTITION BY id)
ORDER BY id;
