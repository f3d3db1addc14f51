// Put an API key: a program may use the API from now on.
/*
mode:    write
returns: id STRING
:param id => 'k-2'
:param name => 'till 3, Main Street'
:param hash => 'the SHA-256 of a secret'
:param scopes => ['tastegraph:events']
:param addedAt => 1793526000000
:param by => 'anna'
:param until => 1825062000000
*/
CREATE (key:ApiKey {id: $id, name: $name, hash: $hash, scopes: $scopes, addedAt: $addedAt, by: $by,
                    until: $until})
RETURN key.id AS id
