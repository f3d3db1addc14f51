// Waiting events: what is in the outbox, of each subject in order.
/*
Read twice, since a read may pass the place of an event before it is there and meet a later one of
the same subject: whatever comes before an event that the first read found is there for the second.

mode:    read
returns: id STRING, subject STRING, sequence INTEGER, number INTEGER
:param most => 500
*/
MATCH (event:OutboxEvent)
RETURN event.id AS id, event.subject AS subject, event.sequence AS sequence,
       event.number AS number
ORDER BY sequence, number, id
LIMIT $most
