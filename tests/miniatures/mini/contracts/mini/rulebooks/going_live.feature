Feature: Mini Miles lets a partner go live

  Rule: Everything that a rulebook can say, once
    Scenario: It is what was recorded
      Then the bundle is intact
      And it is signed with the key given
      And it is complete
      And judging its records again gives the same answer
      And no secret and no personal value was found in it
      And the run was made in certification
      And the provider itself was reached
      And each request kept to the headers and paths of its environment
      And nothing was made wrong on purpose
      And the run is no older in days than "evidence.mostDays"
      And no scenario was left out by choice
      And the run passed
      And every requirement of MI that scenarios show here passed
      And MI-02 passed
      And every answer fits the contract
      And every delivery is as promised
      And no finding of generated requests is open
      And no accepted finding is past its last day
      And no waiver is past its last day
      And every open requirement says who shows it and how
      And every must that a person or the partner's own traffic shows is attested
      And every must of MI that a person or the partner's own traffic shows is attested
      And the approvers are named
      And production did what certification did
      And production did what certification did, credit among it
