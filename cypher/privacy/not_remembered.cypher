// People not to be remembered: which of these did not agree or were erased, and until when that holds.
/*
Who refused, or has not been asked where that is needed, has no moment: nothing may be remembered of
them, whenever it was.

mode:    read
returns: userId STRING, at INTEGER
:param rows => [{userId: 'no-trace', erasureId: ''}, {userId: 'gone', erasureId: 'a hash of somebody'}]
*/
UNWIND $rows AS row
OPTIONAL MATCH (erasure:Erasure {id: row.erasureId})
OPTIONAL MATCH (user:User {id: row.userId})
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH row, erasure,
     coalesce(user.remembering, user.ground IS NOT NULL OR 'remembering' IN rules.assumed, false) AS remembered
WHERE erasure.at IS NOT NULL OR NOT remembered
RETURN row.userId AS userId, CASE WHEN remembered THEN erasure.at ELSE null END AS at
ORDER BY userId
