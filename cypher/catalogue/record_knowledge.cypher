// Record the bundled knowledge: which edition this graph was given, and when.
/*
mode:    write
returns: edition STRING
:param edition => '0123456789ab'
:param at => '2026-11-21T08:00:00+00:00'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
SET catalogue.knowledge = $edition, catalogue.knowledgeAt = $at
RETURN catalogue.knowledge AS edition
