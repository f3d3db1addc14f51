// Outgoing events: what comes next after a position, in order.
/*
mode:    read
returns: position INTEGER, id STRING, type STRING, at INTEGER, subject STRING, person STRING,
         data STRING
:param after => 0
:param most => 100
*/
MATCH (event:OutgoingEvent)
WHERE event.position > $after
RETURN event.position AS position, event.eventId AS id, event.type AS type, event.at AS at,
       event.subject AS subject, event.person AS person, event.data AS data
ORDER BY position
LIMIT $most
