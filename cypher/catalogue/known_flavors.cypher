// Known flavors: as an import finds them.
/*
What an import compares its flavors with, and the names it finds them by.

mode:    read
returns: id STRING, name STRING, fingerprint STRING
*/
MATCH (flavor:Flavor)
RETURN flavor.id AS id, flavor.name AS name, flavor.fingerprint AS fingerprint
ORDER BY id
