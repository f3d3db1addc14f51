// Remove a sink: it is told nothing any more.
/*
mode:    write
returns: id STRING
:param id => 'wh-1'
*/
MATCH (sink:EventSink {id: $id})
WITH sink, sink.id AS id
DELETE sink
RETURN id AS id
