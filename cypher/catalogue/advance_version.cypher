// Advance the catalogue's version: the first step of every change to the catalogue.
/*
Versions order changes: writers wait for each other here, so that a reader who asks for everything
after a version misses nothing; whoever adds a sink waits here too, so that what sinks want is true
until the change is committed. Each version gets a mark of its own (`catalogue_version`). A change to
allergens, flavors or styles is structural: readers then load the whole catalogue again.

mode:    write
returns: version INTEGER, wanted LIST<STRING>
:param structural => false
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
SET catalogue.version = catalogue.version + 1
SET catalogue.structureVersion =
  CASE WHEN $structural THEN catalogue.version ELSE catalogue.structureVersion END
SET catalogue.marks =
  ([toString(catalogue.version) + ' ' + substring(randomUUID(), 0, 8)]
   + coalesce(catalogue.marks, []))[0..200]
WITH catalogue
OPTIONAL MATCH (sink:EventSink)
RETURN catalogue.version AS version, reduce(wanted = [], types IN collect(sink.types) | wanted + types) AS wanted
