// Note a failure: a sink does not take events, since when and why; it may be disabled for it.
/*
mode:    write
returns: failingSince INTEGER
:param id => 'wh-1'
:param at => 1793526000000
:param failure => 'answered 500'
:param disabledAt => null
*/
MATCH (sink:EventSink {id: $id})
SET sink.failingSince = coalesce(sink.failingSince, $at), sink.failure = $failure,
    sink.disabledAt = $disabledAt
RETURN sink.failingSince AS failingSince
