-- What was added to and removed from the facts of each drink, by day.
SELECT day, kind, subject,
       list_filter(after, lambda fact: NOT list_contains(before, fact)) AS added,
       list_filter(before, lambda fact: NOT list_contains(after, fact)) AS removed
FROM read_parquet('changes/day=*/*.parquet', hive_partitioning = true)
WHERE subject_type = 'drink'
ORDER BY version, subject;
