// Set consents: what a person agrees to; null leaves an answer as it is.
/*
mode:    write
returns: userId STRING
:param userId => 'user-1'
:param personalisation => false
:param remembering => null
:param at => '2026-11-21T08:00:00+00:00'
*/
MATCH (user:User {id: $userId})
SET user.personalisation = coalesce($personalisation, user.personalisation),
    user.remembering = coalesce($remembering, user.remembering),
    user.consentsSetAt = $at
RETURN user.id AS userId
