// Resume a sink: one that was disabled is told of what happens from now on.
/*
What is still kept for others comes too; what was dropped meanwhile does not.

mode:    write
returns: id STRING
:param id => 'wh-1'
*/
MATCH (sink:EventSink {id: $id})
SET sink.disabledAt = null, sink.failingSince = null, sink.failure = null
RETURN sink.id AS id
