// Backlog: how much waits in the outbox, and since when.
/*
mode:    read
returns: waiting INTEGER, oldest INTEGER
*/
MATCH (event:OutboxEvent)
RETURN count(event) AS waiting, min(event.at) AS oldest
ORDER BY waiting
