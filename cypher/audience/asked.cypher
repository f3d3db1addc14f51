// Asked: what a person was asked since a moment, newest first, and what they answered.
/*
What somebody who was merged into them was asked counts too. The newest `most` are returned.

mode:    read
returns: pollId STRING, askId STRING, userId STRING, at INTEGER, drinkIds LIST<STRING>, answer STRING,
         answeredAt INTEGER
:param userId => 'user-1'
:param since => 1767225600000
:param most => 100
*/
MATCH (user:User {id: $userId})<-[:MERGED_INTO*0..]-(person:User)
MATCH (person)-[asked:ASKED]->(poll:Poll)
WHERE asked.at >= $since
RETURN poll.id AS pollId, asked.id AS askId, person.id AS userId, asked.at AS at,
       asked.drinkIds AS drinkIds, asked.answer AS answer, asked.answeredAt AS answeredAt
ORDER BY at DESC, askId
LIMIT $most
