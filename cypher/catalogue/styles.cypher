// Styles: names and groups.
/*
mode:    read
returns: id STRING, name STRING, groups LIST<STRING>
*/
MATCH (style:Style)
RETURN style.id AS id, style.name AS name,
       [(style)-[:PART_OF]->(parent:Style) | parent.id] AS groups
ORDER BY id
