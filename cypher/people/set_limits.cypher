// Set limits: the most alcohol and caffeine a person wants; null means no limit.
/*
mode:    write
returns: userId STRING
:param userId => 'user-1'
:param maxAbv => 5.0
:param maxCaffeine => 40.0
*/
MATCH (user:User {id: $userId})
SET user.maxAbv = $maxAbv, user.maxCaffeineMgPer100ml = $maxCaffeine,
    user.unresolved =
      [text IN coalesce(user.unresolved, [])
       WHERE NOT text STARTS WITH 'avoids:' AND NOT text STARTS WITH 'row:']
      + [text IN coalesce(user.unresolved, [])
         WHERE text STARTS WITH 'row:' | 'allergies: ' + text]
      + [text IN coalesce(user.unresolved, [])
         WHERE text STARTS WITH 'row:' | 'diets: ' + text]
RETURN user.id AS userId
