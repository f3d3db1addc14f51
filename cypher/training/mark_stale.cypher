// Mark stale: say of a model that a newer one should be trained, since when and why.
/*
The first reason stays; a newer model has none.

mode:    write
returns: version STRING
:param version => 'v0'
:param at => '2026-11-21T08:00:00Z'
:param why => '2,512 events are new'
*/
MATCH (model:Model {version: $version})
SET model.staleSince = coalesce(model.staleSince, $at),
    model.staleWhy = coalesce(model.staleWhy, $why)
RETURN model.version AS version
