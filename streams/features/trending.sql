-- Trending now: how many people wanted each drink within an hour, everywhere, at each store and in
-- each kind of place.
/*
Wanted is what makes a drink popular: bought, saved, liked, or rated 3.5 of 5 or better. Nothing of
fewer than five people leaves the engine, so that a trend tells of nobody.

window: 60 min, every 10 min
late: 60 min
every: 1 s
key: drink_id STRING, place STRING, window_end BIGINT
values: people BIGINT
*/
SELECT drink_id, place, window_end, COUNT(DISTINCT user_id) AS people
FROM (
  SELECT user_id, drink_id, store, place_kind, happened - MOD(happened, 600000) AS pane
  FROM behaviour
  WHERE wanted AND received - happened BETWEEN -60000 AND 3600000
) AS wanting
CROSS JOIN UNNEST(ARRAY[
  pane + 600000, pane + 1200000, pane + 1800000, pane + 2400000, pane + 3000000, pane + 3600000
]) AS windows (window_end)
CROSS JOIN UNNEST(ARRAY[
  'everywhere',
  COALESCE('store:' || store, 'everywhere'),
  COALESCE('place:' || place_kind, 'everywhere')
]) AS places (place)
GROUP BY drink_id, place, window_end
HAVING COUNT(DISTINCT user_id) >= 5
