// Known styles: as an import finds them.
/*
What an import compares its styles with, and the names it finds them by.

mode:    read
returns: id STRING, name STRING, fingerprint STRING
*/
MATCH (style:Style)
RETURN style.id AS id, style.name AS name, style.fingerprint AS fingerprint
ORDER BY id
