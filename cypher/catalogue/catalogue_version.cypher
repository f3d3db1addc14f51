// Catalogue version: how new the catalogue is, and marks of its latest versions.
/*
A mark is a version and what nobody could guess, made with that version (`advance_version`): two graphs,
or two futures of one graph, may both be at version 17, but no two have the same mark. The newest is the
first; a graph that has not been changed since marks were introduced has none.

mode:    read
returns: version INTEGER, structureVersion INTEGER, mark STRING, marks LIST<STRING>
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN catalogue.version AS version, catalogue.structureVersion AS structureVersion,
       CASE WHEN catalogue.marks[0] STARTS WITH (toString(catalogue.version) + ' ') THEN catalogue.marks[0] END AS mark,
       coalesce(catalogue.marks, []) AS marks
