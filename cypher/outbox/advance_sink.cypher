// Advance a sink: it has had everything up to this position, and takes events.
/*
mode:    write
returns: id STRING
:param id => 'wh-1'
:param position => 7
*/
MATCH (sink:EventSink {id: $id})
SET sink.position = CASE WHEN sink.position > $position THEN sink.position ELSE $position END,
    sink.failingSince = null, sink.failure = null
RETURN sink.id AS id
