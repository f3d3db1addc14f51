// Lock the experiments: the first step of every change to one.
/*
Writers wait for each other here, so that two experiments never take the same part of a layer. The
number is another one each time: the embedded engine does not count writing the same as a write.

mode:    write
returns: changes INTEGER
*/
MATCH (schema:SchemaVersion {id: 'schema'})
SET schema.experimentChanges = coalesce(schema.experimentChanges, 0) + 1
RETURN schema.experimentChanges AS changes
