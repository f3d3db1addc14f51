// Add outbox events: what others are to hear of, in the transaction of the change itself.
/*
Types that no sink wants are left out. Events of one subject are in the order of their `sequence`,
then of their `number`; of a person it is the version that this transaction has given them, since
no other gives them one until it ends.

mode:    write
returns:
:param rows => [{id: 'outgoing-3', type: 'interaction.recorded', at: 1793526000000, subject: 'person/user-1', person: 'user-1', sequence: null, number: 0, data: '{}'}]
*/
MATCH (sink:EventSink)
UNWIND sink.types AS type
WITH collect(DISTINCT type) AS wanted
UNWIND $rows AS row
WITH row
WHERE row.type IN wanted
OPTIONAL MATCH (user:User {id: coalesce(row.person, '')})
CREATE (:OutboxEvent {
  id: row.id, type: row.type, at: row.at, subject: row.subject, person: row.person,
  number: row.number, data: row.data, sequence: coalesce(row.sequence, user.version, 0)})
