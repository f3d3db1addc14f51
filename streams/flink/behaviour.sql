-- What people did, as rows: from a topic of events as they were sent. See streams/behaviour.py.
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE sent (
  eventId STRING,
  userId STRING,
  drinkId STRING,
  `type` STRING,
  `at` STRING,
  rating ROW<`value` DOUBLE, least DOUBLE, most DOUBLE>,
  context ROW<store STRING, place STRING, daypart STRING>,
  sessionId STRING,
  arrived TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic}',
  ${kafka},
  'properties.group.id' = '${group}',
  'scan.startup.mode' = 'timestamp',
  'scan.startup.timestamp-millis' = '${since}',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

CREATE TEMPORARY VIEW timed AS
SELECT
  eventId, userId, drinkId, `type`, rating, context, sessionId,
  EXTRACT(EPOCH FROM arrived) * 1000 + EXTRACT(MILLISECOND FROM arrived) AS received,
  UNIX_TIMESTAMP(SUBSTRING(`at`, 1, 10) || ' ' || SUBSTRING(`at`, 12, 8), 'yyyy-MM-dd HH:mm:ss')
    AS clock,
  CASE WHEN SUBSTRING(`at`, 20, 1) = '.'
    THEN CAST(SUBSTRING(RPAD(REGEXP_EXTRACT(`at`, '[.]([0-9]+)', 1), 3, '0'), 1, 3) AS BIGINT)
    ELSE CAST(0 AS BIGINT) END AS millis,
  CASE WHEN UPPER(RIGHT(`at`, 1)) = 'Z' THEN CAST(0 AS BIGINT)
    ELSE (CAST(SUBSTRING(RIGHT(`at`, 6), 2, 2) AS BIGINT) * 60 + CAST(RIGHT(`at`, 2) AS BIGINT))
      * CASE WHEN LEFT(RIGHT(`at`, 6), 1) = '-' THEN -60 ELSE 60 END END AS ahead,
  CAST(SUBSTRING(`at`, 12, 2) AS BIGINT) AS said_hour
FROM sent
WHERE userId IS NOT NULL AND drinkId IS NOT NULL;

CREATE TEMPORARY VIEW behaviour AS
SELECT
  eventId AS event_id,
  userId AS user_id,
  drinkId AS drink_id,
  `type` AS action,
  CASE WHEN `type` = 'rating'
    THEN 1 + 4 * (rating.`value` - COALESCE(rating.least, 1))
      / (COALESCE(rating.most, 5) - COALESCE(rating.least, 1)) >= 3.5
    ELSE `type` IN ('purchase', 'save', 'like') END AS wanted,
  COALESCE((clock - ahead) * 1000 + millis, received) AS happened,
  received,
  context.store AS store,
  context.place AS place_kind,
  COALESCE(context.daypart, CASE
    WHEN COALESCE(said_hour, MOD(received / 3600000, 24)) >= 22 THEN 'night'
    WHEN COALESCE(said_hour, MOD(received / 3600000, 24)) >= 17 THEN 'evening'
    WHEN COALESCE(said_hour, MOD(received / 3600000, 24)) >= 12 THEN 'afternoon'
    WHEN COALESCE(said_hour, MOD(received / 3600000, 24)) >= 6 THEN 'morning'
    ELSE 'night' END) AS daypart,
  sessionId AS session_id
FROM timed
