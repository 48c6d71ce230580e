Feature: Member search
  Members are found by code, by document, or by both, code first. Only what a scope releases is told.

  @LP-MEM-01
  Scenario: A member is found by code
    When the partner searches by the code of the member "known by member code"
    Then that member is found

  @LP-MEM-02
  Scenario: A member is found by document
    When the partner searches by the document of the member "known by document only"
    Then that member is found

  @LP-MEM-03
  Scenario: With both, a valid code is enough
    When the partner searches by the code of the member "known by both" and the document of "nobody"
    Then the member "known by both" is found

  @LP-MEM-04
  Scenario: With both, the document helps when the code is unknown
    When the partner searches by the code of the member "nobody" and the document of "known by both"
    Then the member "known by both" is found

  @LP-MEM-05
  Scenario: Finding nobody is an outcome of its own
    When the partner searches by the code of the member "nobody"
    Then nobody is found
    And the search was sent once

  @LP-MEM-06
  Scenario: A code and a document of two members do as configured
    When the partner searches by the code of the member "known by both" and the document of "another member"
    Then the mismatch is answered as configured

  @LP-MEM-07
  Scenario: Several scopes are asked for in one list
    Given the partner is approved for two scopes
    When the partner asks for both scopes of the member "known by both"
    Then both are released

  @LP-MEM-08
  Scenario Outline: The scope <scope> releases what it stands for, and nothing else
    Given the partner is approved for "<scope>"
    When the partner asks for "<scope>" of the member "known by both"
    Then exactly what "<scope>" stands for is released

    Examples:
      | scope              |
      | member-balance     |
      | member-coalition   |
      | member-enrollment  |
      | member-language    |
      | member-segment     |
      | member-status      |
      | member-tier        |
      | member-address     |
      | member-birthdate   |
      | member-document    |
      | member-email       |
      | member-gender      |
      | member-marital     |
      | member-name        |
      | member-nationality |
      | member-phone       |

  @LP-MEM-09
  Scenario: A scope that does not exist is refused
    When the partner asks for "member-shoe-size" of the member "known by both"
    Then the scope is turned down as configured

  @LP-MEM-09 @simulator
  Scenario: A scope not defined for the client is refused
    Given the partner is no longer approved for "member-marital"
    When the partner asks for "member-marital" of the member "known by both"
    Then the scope is turned down as configured

  @LP-MEM-10
  Scenario: A search for nobody in particular names what is missing
    When the partner searches without saying for whom
    Then the search is refused, and the missing fields are named

  @LP-MEM-11
  Scenario: A search without scopes does as configured
    When the partner searches without scopes
    Then the search without scopes is refused

  @LP-MEM-14
  Scenario: A member who is not active is shown so
    Given the partner is approved for "member-status"
    When the partner asks for "member-status" of the member "not active"
    Then the member's status is the one agreed for "not active"

  @LP-MEM-15
  Scenario: A tier is shown with its expiry
    Given the partner is approved for "member-tier"
    When the partner asks for "member-tier" of the member "with a tier"
    Then a category is shown, and the day it expires

  @LP-MEM-16
  Scenario: A member code keeps its leading zeros
    When the partner searches by the code of the member "code beginning with zero"
    Then the code comes back digit for digit

  @LP-MEM-17 @simulator
  Scenario: Too many searches are held back, and patience is rewarded
    Given only 2 member searches within 5 seconds are allowed
    When the partner searches 3 times in a row
    Then the last search is held back by the rate limit
    And the same search is answered after backing off
