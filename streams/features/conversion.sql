-- Conversion: how many people looked at each drink on a day (UTC), and how many of them bought it.
/*
Only of drinks that at least five people looked at.

window: 1440 min, every 1440 min
late: 60 min
every: 60 s
key: drink_id STRING, window_end BIGINT
values: people BIGINT, buyers BIGINT
*/
SELECT drink_id, window_end, SUM(looked) AS people, SUM(looked * bought) AS buyers
FROM (
  SELECT drink_id, user_id, happened - MOD(happened, 86400000) + 86400000 AS window_end,
    MAX(CASE WHEN action IN ('view', 'click') THEN 1 ELSE 0 END) AS looked,
    MAX(CASE WHEN action = 'purchase' THEN 1 ELSE 0 END) AS bought
  FROM behaviour
  WHERE action IN ('view', 'click', 'purchase') AND received - happened BETWEEN -60000 AND 3600000
  GROUP BY drink_id, user_id, happened - MOD(happened, 86400000) + 86400000
) AS visits
GROUP BY drink_id, window_end
HAVING SUM(looked) >= 5
