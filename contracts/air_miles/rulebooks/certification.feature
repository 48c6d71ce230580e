# What a bundle must show before it goes to AIR MILES as evidence of CERT. Every line is a rule, and is printed as it stands
# when it does not hold: accredit lint BUNDLE --for air_miles.certification
Feature: The integration is certified in CERT, and can be launched
  CERT and a launch project are published (seed:002, seed:004, public:ENGAGE); which cases are asked for is not.

  Rule: The evidence can be believed
    That the bundle is checked first is ours.

    Scenario: It is what was recorded
      Then the bundle is intact
      And it is signed with the key given
      And it is complete
      And judging its records again gives the same answer
      And no secret and no personal value was found in it

  Rule: It was made in CERT, lately
    CERT holds test data, set up like production (seed:002). The age is our choice.

    Scenario: Where and when
      Then the run was made in certification
      And the provider itself was reached
      And each request kept to the headers and paths of its environment
      And nothing was made wrong on purpose
      And the run is no older in days than "evidence.mostDays"

  Rule: Every case passed
    The list of cases is our register.

    Scenario: Requirement by requirement
      Then no scenario was left out by choice
      And every requirement of AM-ISS that scenarios show here passed
      And every requirement of AM-COL that scenarios show here passed
      And every answer fits the contract
      And every delivery is as promised
      And no finding of generated requests is open
      And the run passed

  Rule: What is open has an owner
    Architecture, data flow, questionnaire, contract and launch plan are papers of named persons (public:ENGAGE, seed:002).

    Scenario: Who stands for it
      Then every open requirement says who shows it and how
      And every must of AM-ISS but AM-ISS-72, AM-ISS-73, AM-ISS-74, AM-ISS-75, AM-ISS-76 that a person or the partner's own traffic shows is attested
      And every must of AM-COL but AM-COL-35 that a person or the partner's own traffic shows is attested
      And no accepted finding is past its last day
      And no waiver is past its last day
      And the approvers are named
