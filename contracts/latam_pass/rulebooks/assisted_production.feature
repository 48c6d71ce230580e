# What a bundle must show before it goes to LATAM Pass as evidence of assisted production. Every line is a rule, and is printed
# as it stands when it does not hold: accredit lint BUNDLE --for latam_pass.assisted_production
Feature: Assisted production passes the double validation
  Technically and commercially, production must behave as test did (seed:000).

  Rule: The evidence can be believed
    Anything that does not comply disables the APP (seed:000); that the bundle is checked first is ours.

    Scenario: It is what was recorded
      Then the bundle is intact
      And it is signed with the key given
      And it is complete
      And judging its records again gives the same answer
      And no secret and no personal value was found in it

  Rule: It was made in production, lately
    Production path and credentials, no test marker (seed:000, seed:001). The age is our choice (U23).

    Scenario: Where and when
      Then the run was made in production
      And the provider itself was reached
      And the run is no older in days than "evidence.mostDays"
      And each request kept to the headers and paths of its environment

  Rule: Production behaves as test did
    Both validations compare production with test (seed:000).

    Scenario: Technically
      Then no scenario was left out by choice
      And every requirement of LP-AUTH that scenarios show here passed
      And every requirement of LP-MEM that scenarios show here passed
      And every requirement of LP-ACC that scenarios show here passed
      And every answer fits the contract
      And every delivery is as promised
      And the run passed
      And production did what certification did

    Scenario: Commercially, and by the method that the Support Center defined
      Then production did what certification did, requestAccrual among it
      And every open requirement says who shows it and how
      And every must of LP-AP but LP-AP-10, LP-AP-11 that a person or the partner's own traffic shows is attested
      And no waiver is past its last day
      And the approvers are named
