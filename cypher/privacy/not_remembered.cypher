// People not to be remembered: which of these refused it or were erased, and until when that holds.
/*
Who refused has no moment: nothing may be remembered of them, whenever it was.

mode:    read
returns: userId STRING, at INTEGER
:param rows => [{userId: 'no-trace', erasureId: ''}, {userId: 'gone', erasureId: 'a hash of somebody'}]
*/
UNWIND $rows AS row
OPTIONAL MATCH (erasure:Erasure {id: row.erasureId})
OPTIONAL MATCH (user:User {id: row.userId})
WITH row, erasure, user
WHERE erasure.at IS NOT NULL OR user.remembering = false
RETURN row.userId AS userId,
       CASE WHEN user.remembering = false THEN null ELSE erasure.at END AS at
ORDER BY userId
