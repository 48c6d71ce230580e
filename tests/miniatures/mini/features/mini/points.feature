Feature: Points

  @MI-01
  Scenario: The member who was asked for is shown
    When the partner reads a member
    Then that member is shown

  @MI-02
  Scenario: A repeated credit counts once
    Given a member whose points are known
    When the partner sends one credit of 120 points twice
    Then the member has 120 points more

  @MI-03 @simulator
  Scenario: An old token is refused
    Given a token of the partner's
    When eleven minutes have gone by
    Then that token is refused

  @MI-05
  Scenario: Gold is told
    When the partner reads a member
    Then the member is told to be gold
