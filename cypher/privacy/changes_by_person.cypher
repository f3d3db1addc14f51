// Changes by a person: what somebody changed in the catalogue, by the name in its history.
/*
mode:    read
returns: id STRING, version INTEGER, at STRING, kind STRING, source STRING, note STRING
:param userId => 'anna'
*/
MATCH (change:Change {by: $userId})
RETURN change.id AS id, change.version AS version, change.at AS at, change.kind AS kind,
       change.source AS source, change.note AS note
ORDER BY version, id
