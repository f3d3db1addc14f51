// Lock the models: the first step of every change to which one is active.
/*
Writers wait for each other here, so that two promotions at once end with one active model.

mode:    write
returns: changedAt STRING
:param changedAt => '2026-11-21T08:00:00.000Z'
*/
MATCH (schema:SchemaVersion {id: 'schema'})
SET schema.modelsChangedAt = $changedAt
RETURN schema.modelsChangedAt AS changedAt
