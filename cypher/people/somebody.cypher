// Somebody: a person to show a demonstration for, the preferred one if they are there.
/*
Only simulated people are shown; an operator's own people never are.

mode:    read
returns: userId STRING
:param preferred => 'simulated-0001'
*/
MATCH (user:User)
WHERE user.simulated = true
RETURN user.id AS userId
ORDER BY CASE WHEN userId = $preferred THEN 0 ELSE 1 END, userId
LIMIT 1
