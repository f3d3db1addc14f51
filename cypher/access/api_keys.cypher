// API keys: the programs that may use the API, and what each may do.
/*
Of the secret only its SHA-256 is kept. Times are milliseconds since 1970; a key without `revokedAt`
works until `until`.

mode:    read
returns: id STRING, name STRING, hash STRING, scopes LIST<STRING>, addedAt INTEGER, by STRING,
         until INTEGER, usedAt INTEGER, revokedAt INTEGER
*/
MATCH (key:ApiKey)
RETURN key.id AS id, key.name AS name, key.hash AS hash, key.scopes AS scopes, key.addedAt AS addedAt,
       key.by AS by, key.until AS until, key.usedAt AS usedAt, key.revokedAt AS revokedAt
ORDER BY addedAt, id
