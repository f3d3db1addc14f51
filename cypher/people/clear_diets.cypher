// Clear diets: forget which diets a person follows, before they choose again.
/*
Unrecognised diets are settled by this. A whole row that could not be read may also have named
allergies and things to avoid: those stay open until the person declares them.

mode:    write
returns: userId STRING
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})
OPTIONAL MATCH (user)-[follows:FOLLOWS]->(:Diet)
DELETE follows
WITH DISTINCT user
SET user.unresolved =
      [text IN coalesce(user.unresolved, [])
       WHERE NOT text STARTS WITH 'diets:' AND NOT text STARTS WITH 'row:']
      + [text IN coalesce(user.unresolved, [])
         WHERE text STARTS WITH 'row:' | 'allergies: ' + text]
      + [text IN coalesce(user.unresolved, [])
         WHERE text STARTS WITH 'row:' | 'avoids: ' + text]
RETURN user.id AS userId
