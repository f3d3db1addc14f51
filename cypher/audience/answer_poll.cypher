// Answer a poll: what a person chose; null if they chose nothing, or if it is not to be kept.
/*
The first answer counts.

mode:    write
returns: askId STRING
:param userId => 'user-1'
:param askId => 'ask-1'
:param at => 1793526000000
:param answer => 'yes'
*/
MATCH (:User {id: $userId})-[asked:ASKED {id: $askId}]->(:Poll)
WHERE asked.answeredAt IS NULL
SET asked.answeredAt = $at, asked.answer = $answer
RETURN asked.id AS askId
ORDER BY askId
