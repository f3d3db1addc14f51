// Declare allergies: what a person must not drink; an empty list declares that there is none.
/*
Texts that could not be recognised are kept for as long as nobody corrects them.

mode:    write
returns: declaredAt STRING
:param userId => 'user-1'
:param declaredAt => '2026-11-21T08:00:00Z'
:param regulation => 'eu-14'
*/
MATCH (user:User {id: $userId})
SET user.allergiesDeclaredAt = $declaredAt,
    user.regulation = $regulation,
    user.unresolved = [text IN coalesce(user.unresolved, []) WHERE NOT text STARTS WITH 'allergy:']
RETURN user.allergiesDeclaredAt AS declaredAt
