// Note API keys used: when each was last accepted.
/*
mode:    write
returns: id STRING
:param rows => [{id: 'k-0', at: 1793526000000}]
*/
UNWIND $rows AS row
MATCH (key:ApiKey {id: row.id})
SET key.usedAt = CASE WHEN coalesce(key.usedAt, 0) < row.at THEN row.at ELSE key.usedAt END
RETURN key.id AS id
