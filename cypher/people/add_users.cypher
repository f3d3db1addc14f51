// Add users: those that only interactions name.
/*
They have declared nothing. An existing user is left as is, but locked until the transaction ends,
so that what it then reads about them stays true. What sinks want to be told goes with it, and the
version of the catalogue, by which it is seen afterwards whether drinks were merged meanwhile.
`ground` is on what an operator brings them; null where they come by themselves.

mode:    write
returns: version INTEGER, wanted LIST<STRING>
:param ids => ['guest-3']
:param simulated => false
:param ground => null
*/
UNWIND $ids AS id
MERGE (user:User {id: id})
  ON CREATE SET user.version = 0, user.simulated = $simulated
  ON MATCH SET user.version = coalesce(user.version, 0)
SET user.ground = coalesce(user.ground, $ground)
WITH count(user) AS people
OPTIONAL MATCH (catalogue:Catalogue {id: 'catalogue'})
OPTIONAL MATCH (sink:EventSink)
RETURN catalogue.version AS version, reduce(wanted = [], types IN collect(sink.types) | wanted + types) AS wanted
