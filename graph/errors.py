"""What can go wrong with the graph.

TastegraphError
 ├─ GraphError
 │   ├─ GraphUnavailable    the server is away, or went away midway
 │   │   └─ GraphContended  others kept changing the same; nothing was written
 │   ├─ GraphLoginRefused   wrong user or password
 │   ├─ GraphDeadlineMissed a query took longer than its deadline
 │   ├─ GraphTooOld         the server is older than this version can use
 │   ├─ GraphRefused        the server refused the query; its message is kept
 │   ├─ SchemaTooNew        a newer Tastegraph has already changed this graph
 │   ├─ ProfileSealed       what somebody declared is sealed, and cannot be opened here
 │   ├─ MasterKeyInvalid    the master key is missing, not one, or not the one that sealed
 │   ├─ KeyStoreFailed      the store of people's keys cannot be used
 │   └─ EngineFailed        the embedded engine did not start
 ├─ QueryFileInvalid        a .cypher file does not have the expected form
 ├─ ImportRefused           the operator's data could not be read at all
 ├─ LabelRefused            a label is too long, or in a language that is not known
 ├─ QuestionRefused         an analyst's query is unknown, would write, or lacks a value
 ├─ ExportRefused           the graph cannot be written to where it should go
 ├─ BackupRefused           a backup cannot be made, is damaged, or cannot be restored here
 ├─ GroundInvalid           a purpose cannot hold on the ground that was named for it
 ├─ ConsentTextInvalid      a file of consent texts cannot be used
 └─ ChangeRefused           a review or a recall cannot be made as it was asked for
     ├─ MergeRefused        two cannot be merged, or a merge cannot be undone
     ├─ PersonUnknown       the graph has never seen this person
     ├─ PersonMerged        the person has been merged into another
     ├─ ConsentNeeded       what somebody declares may not be kept before they agree
     ├─ GuardianNeeded      a child's guardian has to agree
     └─ DrinkRefused        a drink cannot be saved as it was described
         ├─ DrinkExists     there is a drink with this id already
         ├─ DrinkMerged     the drink has been merged into another
         └─ DrinkUnknown    there is no drink with this id
"""

from __future__ import annotations


class TastegraphError(Exception):
    """Anything a user of Tastegraph can be told about: what happened, and what to do."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(f"{message} {advice}".strip())
        self.message = message
        self.advice = advice


class GraphError(TastegraphError):
    """The graph could not answer."""


class GraphUnavailable(GraphError):
    """The server is away, or went away midway through a query."""


class GraphContended(GraphUnavailable):
    """Others kept changing the same things at the same time: nothing was written."""


class GraphLoginRefused(GraphError):
    """The server refused the user or the password."""


class GraphDeadlineMissed(GraphError):
    """A query took longer than its deadline."""


class GraphTooOld(GraphError):
    """The server is older than this version can use."""


class GraphRefused(GraphError):
    """The server refused the query."""


class SchemaTooNew(GraphError):
    """A newer Tastegraph has already changed this graph."""


class ProfileSealed(GraphError):
    """What somebody declared is sealed and cannot be opened here: nothing is offered to them."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"What a person declared is sealed, and cannot be opened: {reason}.",
            "Nothing is offered to them meanwhile. Look whether TASTEGRAPH_SEALED is on, and the "
            "master key and the store of keys are those with which it was sealed.",
        )


class MasterKeyInvalid(GraphError):
    """The master key is missing, is none, or is not the one that wrapped the keys here."""


class KeyStoreFailed(GraphError):
    """The store of people's keys cannot be used."""


class EngineFailed(GraphError):
    """The embedded engine did not start."""


class QueryFileInvalid(TastegraphError):
    """A .cypher file does not have the expected form."""


class ImportRefused(TastegraphError):
    """The operator's data could not be read at all."""


class ChangeRefused(TastegraphError):
    """A review or a recall cannot be made as it was asked for; nothing was changed."""


class MergeRefused(ChangeRefused):
    """Two cannot be merged, or a merge cannot be undone; nothing was changed."""


class PersonUnknown(ChangeRefused):
    """The graph has never seen this person."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"There is no person '{user_id}'.", "Nothing was changed.")


class PersonMerged(ChangeRefused):
    """The person has been merged into another: declare it for that one.

    Without ids it is for the bearer of an old token, who may not be entitled to know them.
    """

    def __init__(self, user_id: str | None = None, into: str | None = None) -> None:
        self.user_id = user_id
        if user_id is None:
            super().__init__(
                "This account was merged into another.",
                "Nothing was changed. Sign in to the other one, and declare it there.",
            )
        else:
            super().__init__(
                f"The person '{user_id}' has already been merged into '{into}'.",
                f"Name '{into}', or undo that merge first.",
            )


class ConsentNeeded(ChangeRefused):
    """Allergies, diets and limits may not be kept before the person agrees: nothing was."""

    def __init__(self) -> None:
        super().__init__(
            "Allergies, diets and limits are kept only with consent, and there is none: nothing "
            "was kept, and nothing is checked by what was sent.",
            "Ask for the consent 'safety' (decideConsents), then declare again; or declare with a "
            "request, as a guest does (groupRecommendations): it is checked, and not kept.",
        )


class GuardianNeeded(ChangeRefused):
    """Somebody who is no guardian of a child agreed for them: nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            "Nothing was changed. An operator names guardians: tastegraph privacy consents child.",
        )


class DrinkRefused(ChangeRefused):
    """A drink cannot be saved as it was described: `argument` says where; nothing was changed."""

    def __init__(self, argument: str, message: str, advice: str) -> None:
        super().__init__(message, advice)
        self.argument = argument


class DrinkExists(DrinkRefused):
    """There is a drink with this id already."""

    def __init__(self, drink_id: str) -> None:
        super().__init__(
            "id",
            f"There is already a drink '{drink_id}'.",
            "Choose another id, or update that drink.",
        )


class DrinkMerged(DrinkRefused):
    """The drink has been merged into another: say it about that one."""

    def __init__(self, drink_id: str, into: str) -> None:
        super().__init__(
            "id",
            f"The drink '{drink_id}' was merged into '{into}'.",
            f"Name '{into}', or undo the merge.",
        )


class DrinkUnknown(DrinkRefused):
    """There is no drink with this id."""

    def __init__(self, drink_id: str) -> None:
        super().__init__("id", f"There is no drink '{drink_id}'.", "Nothing was changed.")


class LabelRefused(TastegraphError):
    """A label is too long to be read, or in a language that is not known."""

    def __init__(self, argument: str, message: str, advice: str) -> None:
        super().__init__(message, advice)
        self.argument = argument


class QuestionRefused(TastegraphError):
    """A query cannot be run as given: unknown, not read-only, or with an invalid value."""


class ExportRefused(TastegraphError):
    """The graph cannot be written to where it should go."""


class BackupRefused(TastegraphError):
    """A backup cannot be made, is damaged, or cannot be restored here; nothing was changed."""


class ApiKeyUnknown(GraphError):
    """There is no key of a program with this id."""
