-- Bought together: how many people bought both of two drinks within three hours of each other, in
-- the last six hours.
/*
Each pair is there once, the smaller id first. It belongs to the windows of its later purchase.

window: 360 min, every 60 min
late: 60 min
before: 180 min
every: 60 s
key: drink_id STRING, other_id STRING, window_end BIGINT
values: people BIGINT
*/
SELECT drink_id, other_id, window_end, COUNT(DISTINCT user_id) AS people
FROM (
  SELECT earlier.user_id,
    LEAST(earlier.drink_id, later.drink_id) AS drink_id,
    GREATEST(earlier.drink_id, later.drink_id) AS other_id,
    later.happened - MOD(later.happened, 3600000) AS pane
  FROM behaviour AS earlier
  JOIN behaviour AS later
    ON earlier.user_id = later.user_id AND earlier.drink_id <> later.drink_id
    AND later.happened - earlier.happened BETWEEN 0 AND 10800000
  WHERE earlier.action = 'purchase' AND later.action = 'purchase'
    AND earlier.received - earlier.happened BETWEEN -60000 AND 3600000
    AND later.received - later.happened BETWEEN -60000 AND 3600000
) AS pairs
CROSS JOIN UNNEST(ARRAY[
  pane + 3600000, pane + 7200000, pane + 10800000, pane + 14400000, pane + 18000000, pane + 21600000
]) AS windows (window_end)
GROUP BY drink_id, other_id, window_end
HAVING COUNT(DISTINCT user_id) >= 5
