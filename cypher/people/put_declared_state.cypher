// Put a declared state: what a person has declared and agreed to after a merge.
/*
Allergies, what they avoid, diets and preferences are written by other files, before this one in the
same transaction. What is `sealed` is nowhere in the clear, nor is its `fingerprint`, which null leaves. If the person does not want recommendations remembered, another file deletes them.

mode:    write
returns: version INTEGER
:param userId => 'user-1'
:param sealed => ['b25l', 'dHdv']
:param fingerprint => 'sealed:b25l'
:param declaredAt => '2026-11-21T08:00:00Z'
:param regulation => 'eu-14'
:param unresolved => []
:param maxAbv => 5.0
:param maxCaffeine => null
:param personalisation => true
:param remembering => null
:param safety => null
:param training => null
:param experiments => null
:param analytics => null
:param warehouse => null
:param marketing => null
:param ground => null
:param child => null
:param consentsSetAt => null
*/
MATCH (user:User {id: $userId})
SET user.sealed = $sealed, user.fingerprint = coalesce($fingerprint, user.fingerprint),
    user.allergiesDeclaredAt = $declaredAt, user.regulation = $regulation,
    user.unresolved = $unresolved, user.maxAbv = $maxAbv,
    user.maxCaffeineMgPer100ml = $maxCaffeine, user.personalisation = $personalisation,
    user.remembering = $remembering, user.safety = $safety, user.training = $training,
    user.experiments = $experiments, user.analytics = $analytics, user.warehouse = $warehouse,
    user.marketing = $marketing, user.ground = $ground, user.child = $child,
    user.consentsSetAt = $consentsSetAt,
    user.version = coalesce(user.version, 0) + 1
RETURN user.version AS version
