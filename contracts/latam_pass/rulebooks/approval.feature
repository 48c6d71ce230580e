# What a bundle must show before it goes to LATAM Pass as evidence of the integration tests. Every line is a rule, and is
# printed as it stands when it does not hold: accredit lint BUNDLE --for latam_pass.approval
Feature: A production APP leaves Pending
  Each integration test is shown, with request, answer, time and verdict, for every API of the APP (seed:000).

  Rule: The evidence can be believed
    Anything that does not comply leaves the APP Pending (seed:000); that the bundle is checked first is ours.

    Scenario: It is what was recorded
      Then the bundle is intact
      And it is signed with the key given
      And it is complete
      And judging its records again gives the same answer
      And no secret and no personal value was found in it

  Rule: It was made in the test environment, lately
    Integration tests run in test, before production can be reached (seed:000). The age is our choice (U23).

    Scenario: Where and when
      Then the run was made in certification
      And the provider itself was reached
      And each request kept to the headers and paths of its environment
      And nothing was made wrong on purpose
      And the run is no older in days than "evidence.mostDays"

  Rule: Every integration test passed
    Every API of the APP is covered (seed:000).

    Scenario: Requirement by requirement
      Then no scenario was left out by choice
      And every requirement of LP-AUTH that scenarios show here passed
      And every requirement of LP-MEM that scenarios show here passed
      And every requirement of LP-ACC that scenarios show here passed
      And every requirement of LP-COB that scenarios show here passed
      And every answer fits the contract
      And every delivery is as promised
      And no finding of generated requests is open
      And the run passed

  Rule: What is open has an owner
    Registration, scopes and their consent are shown by papers and named persons (seed:000, seed:001).

    Scenario: Who stands for it
      Then every open requirement says who shows it and how
      And every must of LP-REG but LP-REG-07, LP-REG-08 that a person or the partner's own traffic shows is attested
      And every must of LP-AUTH that a person or the partner's own traffic shows is attested
      And every must of LP-MEM that a person or the partner's own traffic shows is attested
      And every must of LP-ACC that a person or the partner's own traffic shows is attested
      And every must of LP-COB that a person or the partner's own traffic shows is attested
      And no accepted finding is past its last day
      And no waiver is past its last day
      And the approvers are named
