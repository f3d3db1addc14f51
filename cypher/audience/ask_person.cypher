// Ask a person: note that they were shown a question, and about which drinks.
/*
A person new to the graph is created. Nothing is written about people whom nothing lets us remember,
nor about somebody who was erased since.

mode:    write
returns: askId STRING
:param userId => 'user-1'
:param erasureId => 'a hash'
:param pollId => 'which-drink'
:param askId => 'ask-9'
:param at => 1793526000000
:param drinkIds => ['flat-white', 'negroni']
*/
OPTIONAL MATCH (erasure:Erasure {id: $erasureId})
OPTIONAL MATCH (known:User {id: $userId})
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH erasure, known, rules
WHERE coalesce(erasure.at < $at, true)
  AND coalesce(known.remembering, known.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
  AND coalesce(known.personalisation, known.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
MERGE (user:User {id: $userId})
MERGE (poll:Poll {id: $pollId})
CREATE (user)-[asked:ASKED {id: $askId, at: $at, drinkIds: $drinkIds}]->(poll)
RETURN asked.id AS askId
