// Sinks: who is told of what, and how far.
/*
mode:    read
returns: id STRING, kind STRING, types LIST<STRING>, withPeople BOOLEAN, position INTEGER,
         url STRING, addedAt INTEGER, failingSince INTEGER, failure STRING, disabledAt INTEGER
*/
MATCH (sink:EventSink)
RETURN sink.id AS id, sink.kind AS kind, sink.types AS types, sink.withPeople AS withPeople,
       sink.position AS position, sink.url AS url, sink.addedAt AS addedAt,
       sink.failingSince AS failingSince, sink.failure AS failure, sink.disabledAt AS disabledAt
ORDER BY addedAt, id
