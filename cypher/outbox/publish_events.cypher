// Publish events: from the outbox, which has no order, to the queue, which has one.
/*
Those that are gone meanwhile, since somebody was erased or another was faster, are left out.

mode:    write
returns: published INTEGER
:param rows => [{id: 'outgoing-1', position: 20}]
*/
UNWIND $rows AS row
MATCH (event:OutboxEvent {id: row.id})
CREATE (queued:OutgoingEvent {position: row.position})
SET queued.eventId = event.id, queued.type = event.type, queued.at = event.at,
    queued.subject = event.subject, queued.person = event.person, queued.data = event.data
DELETE event
RETURN count(*) AS published
ORDER BY published
