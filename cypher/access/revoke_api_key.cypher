// Revoke an API key: it is accepted no more; one that was revoked before stays as it is.
/*
mode:    write
returns: id STRING, revokedAt INTEGER
:param id => 'k-0'
:param at => 1793526000000
*/
MATCH (key:ApiKey {id: $id})
SET key.revokedAt = coalesce(key.revokedAt, $at)
RETURN key.id AS id, key.revokedAt AS revokedAt
