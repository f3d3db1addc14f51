// Declare allergies: what a person must not drink; an empty list declares that there are none.
/*
Unrecognised allergies are settled by this. A whole row that could not be read may also have named
things to avoid and diets: those stay open until the person declares them.

mode:    write
returns: declaredAt STRING
:param userId => 'user-1'
:param declaredAt => '2026-11-21T08:00:00Z'
:param regulation => 'eu-14'
*/
MATCH (user:User {id: $userId})
SET user.allergiesDeclaredAt = $declaredAt,
    user.regulation = $regulation,
    user.unresolved =
      [text IN coalesce(user.unresolved, [])
       WHERE NOT text STARTS WITH 'allergies:' AND NOT text STARTS WITH 'row:']
      + [text IN coalesce(user.unresolved, [])
         WHERE text STARTS WITH 'row:' | 'avoids: ' + text]
      + [text IN coalesce(user.unresolved, [])
         WHERE text STARTS WITH 'row:' | 'diets: ' + text]
RETURN user.allergiesDeclaredAt AS declaredAt
