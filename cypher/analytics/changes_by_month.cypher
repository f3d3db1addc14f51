// Changes by month: how many recorded changes each person and source made, and of what kind.
/*
mode:    read
returns: month STRING, kind STRING, by STRING, source STRING, changes INTEGER
:param rows => 100
*/
MATCH (change:Change)
RETURN substring(change.at, 0, 7) AS month, change.kind AS kind, change.by AS by,
       change.source AS source, count(*) AS changes
ORDER BY month DESC, changes DESC, kind, by, source
LIMIT $rows
