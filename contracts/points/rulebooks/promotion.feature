# What a bundle must show before promotion to production is asked for. Every line is a rule, and is printed as it stands when it
# does not hold: accredit lint BUNDLE --for points.promotion
Feature: Staging has succeeded, and production can be asked for
  Production is for live use, only after the tests in staging have succeeded (seed).

  Rule: The evidence can be believed
    That the bundle is checked first is ours.

    Scenario: It is what was recorded
      Then the bundle is intact
      And it is signed with the key given
      And it is complete
      And judging its records again gives the same answer
      And no secret and no personal value was found in it

  Rule: It was made in staging, lately
    Staging is where one builds, tests and debugs (seed). The age is our choice (U-49).

    Scenario: Where and when
      Then the run was made in certification
      And the provider itself was reached
      And each request kept to the headers and paths of its environment
      And nothing was made wrong on purpose
      And the run is no older in days than "evidence.mostDays"

  Rule: Every staging test succeeded
    The list of tests is our register.

    Scenario: Requirement by requirement
      Then no scenario was left out by choice
      And every requirement of PT-AUTH that scenarios show here passed
      And every requirement of PT-EARN that scenarios show here passed
      And every requirement of PT-BURN that scenarios show here passed
      And every requirement of PT-SIG that scenarios show here passed
      And every requirement of PT-CB that scenarios show here passed
      And every requirement of PT-BAL that scenarios show here passed
      And every answer fits the contract
      And every delivery is as promised
      And no finding of generated requests is open
      And the run passed

  Rule: What is open has an owner
    Rules are reviewed before they are activated (public:TRG); papers are in force (public:TOU, public:SAA, public:PRV).

    Scenario: Who stands for it
      Then every open requirement says who shows it and how
      And every must that a person or the partner's own traffic shows is attested
      And no accepted finding is past its last day
      And no waiver is past its last day
      And the approvers are named
