-- Sessions: when each person's visits of a day (UTC) were, how much was done in them, and how many
-- drinks were looked at and bought.
/*
A visit is what its sender calls one, by sessionId. These are personal data: they stay in memory, or
in a topic of their own.

window: 1440 min, every 1440 min
late: 60 min
every: 60 s
key: user_id STRING, session_id STRING, window_end BIGINT
values: began BIGINT, latest BIGINT, events BIGINT, looked_at BIGINT, bought BIGINT
*/
SELECT user_id, session_id, window_end, MIN(happened) AS began, MAX(happened) AS latest,
  COUNT(DISTINCT event_id) AS events,
  COUNT(DISTINCT CASE WHEN action IN ('view', 'click') THEN drink_id END) AS looked_at,
  COUNT(DISTINCT CASE WHEN action = 'purchase' THEN drink_id END) AS bought
FROM (
  SELECT user_id, session_id, event_id, action, drink_id, happened,
    happened - MOD(happened, 86400000) + 86400000 AS window_end
  FROM behaviour
  WHERE session_id IS NOT NULL AND received - happened BETWEEN -60000 AND 3600000
) AS visits
GROUP BY user_id, session_id, window_end
