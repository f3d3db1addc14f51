-- Popularity by daypart: how many people wanted each drink in each daypart of a day (UTC).
/*
The daypart is that of the place where it was: as the event says, or by the hour of its own offset.

window: 1440 min, every 1440 min
late: 60 min
every: 60 s
key: drink_id STRING, daypart STRING, window_end BIGINT
values: people BIGINT
*/
SELECT drink_id, daypart, window_end, COUNT(DISTINCT user_id) AS people
FROM (
  SELECT drink_id, user_id, daypart, happened - MOD(happened, 86400000) + 86400000 AS window_end
  FROM behaviour
  WHERE wanted AND received - happened BETWEEN -60000 AND 3600000
) AS moments
GROUP BY drink_id, daypart, window_end
HAVING COUNT(DISTINCT user_id) >= 5
