// Upsert users: what an operator's table says about each person.
/*
A declaration once made keeps its date. What the row leaves out stays as it is. `ground` is on what the
operator keeps them; what a person decides comes before it.

mode:    write
returns:
:param rows => [{id: 'guest-1', regulation: 'eu-14', declaredAt: '2026-01-31T12:00:00Z', unresolved: [], fingerprint: 'f1'}]
:param simulated => false
:param ground => 'contract'
*/
UNWIND $rows AS row
MERGE (user:User {id: row.id})
SET user.regulation = coalesce(row.regulation, user.regulation),
    user.allergiesDeclaredAt = coalesce(user.allergiesDeclaredAt, row.declaredAt),
    user.unresolved = row.unresolved, user.fingerprint = row.fingerprint,
    user.simulated = coalesce(user.simulated, $simulated),
    user.ground = coalesce(user.ground, $ground),
    user.version = coalesce(user.version, 0) + 1
