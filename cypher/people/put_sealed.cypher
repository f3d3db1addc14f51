// Put sealed profiles: what people declared, sealed; nothing of it stays in the clear.
/*
`sealed` has one text for each field. What the graph says of it in the clear is that something is
not understood, so that whoever does not open it offers nothing. Allergies, what they avoid, diets
and limits that were kept in the clear are deleted. `fingerprint`, of what an import said, is sealed
too; null leaves it.

mode:    write
returns: userId STRING
:param rows => [{id: 'user-1', sealed: ['b25l', 'dHdv'], fingerprint: 'sealed:b25l'}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
SET user.sealed = row.sealed, user.fingerprint = coalesce(row.fingerprint, user.fingerprint),
    user.unresolved = ['sealed'], user.allergiesDeclaredAt = null,
    user.regulation = null, user.maxAbv = null, user.maxCaffeineMgPer100ml = null
WITH user
OPTIONAL MATCH (user)-[link:ALLERGIC_TO|AVOIDS|FOLLOWS]->()
DELETE link
WITH DISTINCT user
RETURN user.id AS userId
ORDER BY userId
