// Put a sink: from now on it is told; one that is there already keeps its position.
/*
What happened before is not for it: it starts behind the last event that has a position. Changes of
the catalogue wait for each other and for this, so that none is committed later without knowing it:
the number of times that sinks were put is there for that, and only a new one locks on each engine.

mode:    write
returns: id STRING
:param id => 'wh-2'
:param kind => 'webhook'
:param url => 'https://partner.example/hook'
:param types => ['model.activated']
:param withPeople => false
:param addedAt => 1793526000000
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
SET catalogue.sinksPut = coalesce(catalogue.sinksPut, 0) + 1
WITH catalogue
OPTIONAL MATCH (offset:EventOffset {id: 'outgoing'})
WITH coalesce(offset.next, 0) - 1 AS last
MERGE (sink:EventSink {id: $id})
  ON CREATE SET sink.position = last, sink.addedAt = $addedAt
SET sink.kind = $kind, sink.url = $url, sink.types = $types, sink.withPeople = $withPeople
RETURN sink.id AS id
